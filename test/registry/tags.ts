/** Which tags replace a pinned one. Our own look-up and Renovate with our configuration have to agree about them. */

export const silo = 'docker.io/pgsty/silo:RELEASE.2026-09-16T00-00-00Z';
export const nginx = 'docker.io/library/nginx:1.30.5-alpine-slim';
export const date = (day: string, suffix = '') => `RELEASE.${day}T00-00-00Z${suffix}`;

/** Name, pinned image, tags in the registry, and the releases that come by themselves, newest first. */
export const newerReleases: [string, string, string[], string[]][] = [
  ['later dates', silo, [date('2026-10-01'), date('2026-11-01')], [date('2026-11-01'), date('2026-10-01')]],
  ['not older ones, nor the same', silo, [date('2026-09-16'), date('2026-09-15'), date('2025-12-31')], []],
  ['later on the same day', silo, ['RELEASE.2026-09-16T01-00-00Z'], ['RELEASE.2026-09-16T01-00-00Z']],
  ['a second later', silo, ['RELEASE.2026-09-16T00-00-01Z'], ['RELEASE.2026-09-16T00-00-01Z']],
  ['in the next year', silo, [date('2026-12-31'), date('2027-01-01')], [date('2027-01-01'), date('2026-12-31')]],
  [
    'not with a suffix',
    silo,
    ['-distroless', '-cpuv1', '.fips', '-rc.1'].map((suffix) => date('2026-10-01', suffix)),
    [],
  ],
  ['not without a date', silo, ['latest', 'edge', '2026-10-01', '1.30.6'], []],
  ['not a date that is none', silo, ['RELEASE.2026-13-01T00-00-00Z', 'RELEASE.2026-10-01', 'RELEASE.zzzz'], []],
  [
    'with the suffix that is pinned',
    `ghcr.io/me/minio:${date('2026-09-16', '-distroless')}`,
    [date('2026-10-01'), date('2026-10-01', '-distroless')],
    [date('2026-10-01', '-distroless')],
  ],
  [
    'patches, by number',
    nginx,
    ['1.30.9-alpine-slim', '1.30.10-alpine-slim', '1.30.4-alpine-slim'],
    ['1.30.10-alpine-slim', '1.30.9-alpine-slim'],
  ],
  ['not of another variant', nginx, ['1.30.6', '1.30.6-alpine', '1.30.6-alpine3.22-slim', '1.30-alpine-slim'], []],
  ['not a pre-release', nginx, ['1.30.6-rc1-alpine-slim', '1.30.6-alpine-slim-rc1', '1.30.6-1-alpine-slim'], []],
  ['not of another branch', nginx, ['1.31.0-alpine-slim', '1.32.0-alpine-slim', '2.0.0-alpine-slim'], []],
  ['of the mainline, where that is pinned', 'nginx:1.31.2', ['1.30.9', '1.31.4', '1.33.0'], ['1.31.4']],
  ['not with another prefix', nginx, ['v1.30.6-alpine-slim'], []],
  ['of any other image', 'quay.io/me/store:v2.4.1', ['v2.4.2', '2.4.3', 'v2.5.0'], ['v2.4.2']],
];

/** Name, pinned image, tags in the registry, and the release of a later branch, about which somebody has to decide. */
export const laterBranches: [string, string, string[], string | undefined][] = [
  ['the newest with an even minor', nginx, ['1.32.0-alpine-slim', '1.32.1-alpine-slim'], '1.32.1-alpine-slim'],
  ['not nginx’s mainline', nginx, ['1.31.4-alpine-slim'], undefined],
  ['not the pinned branch, nor an older one', nginx, ['1.30.9-alpine-slim', '1.28.3-alpine-slim'], undefined],
  ['of a mirror', 'ghcr.io/me/nginx-unprivileged:1.30.5', ['1.31.0', '1.32.0'], '1.32.0'],
  ['from the mainline to the next stable branch', 'nginx:1.31.2', ['1.30.9', '1.32.0', '1.33.0'], '1.32.0'],
  ['any, of another image', 'quay.io/me/store:2.4.1', ['2.5.0', '3.1.0'], '3.1.0'],
  ['none where releases are dates', silo, [date('2027-01-01')], undefined],
];
