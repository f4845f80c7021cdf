/**
 * The pinned images. Tag and digest, fully qualified: a tag alone can be moved, a short name can be resolved elsewhere.
 * `npm run pins` brings the newest releases (CONTRIBUTING.md, "Bump an image").
 */

/** Silo, a fork of MinIO: upstream is archived, and the images docker.io/minio/* were deleted. */
export const serverImage =
  'docker.io/pgsty/silo:RELEASE.2026-09-16T00-00-00Z@sha256:635197cb9f36d01bee221d34d1c7d7960f6a95c48b0b6c01d99cd13bdae51a46';

/** nginx's stable branch, which has an even minor number and gets nothing but fixes, in the variant without modules. */
export const consoleImage =
  'docker.io/library/nginx:1.30.5-alpine-slim@sha256:32463212baf0e7d91aded2e9b843a4f2b9e017804b8c9d5bae7b51dcef64389c';
