/**
 * The pinned images. Tag and digest, fully qualified: a tag alone can be moved, a short name can be resolved elsewhere.
 * Bumping one is an edit here and `npm test -- -u` (CONTRIBUTING.md, "Bump an image").
 */

/** Silo, the maintained fork of MinIO: docker.io/minio/* was deleted in September 2026, and upstream is archived. */
// renovate: datasource=docker depName=docker.io/pgsty/silo versioning=loose
export const serverImage =
  'docker.io/pgsty/silo:RELEASE.2026-09-16T00-00-00Z@sha256:635197cb9f36d01bee221d34d1c7d7960f6a95c48b0b6c01d99cd13bdae51a46';

/** nginx's stable branch; older than 1.30.3 has known holes. */
// renovate: datasource=docker depName=docker.io/library/nginx versioning=docker
export const consoleImage =
  'docker.io/library/nginx:1.30.5-alpine-slim@sha256:32463212baf0e7d91aded2e9b843a4f2b9e017804b8c9d5bae7b51dcef64389c';
