const digest = `sha256:${'5f'.repeat(32)}`;

/** Sets of flags; what is generated from each is in `test/generated/`, one folder each, for a reviewer to read. */
export const answerSets: Record<string, Record<string, unknown>> = {
  defaults: {},
  'every-answer-changed': {
    bucket: 'nudgytai',
    'server-name': 'storage',
    'console-name': 'storage-ui',
    'disk-size': '250',
    'console-port': '9191',
    region: 'frankfurt',
    'server-plan': 'pro plus',
    'console-plan': 'free',
    'root-user': 'Root.User_1',
    'root-password': 'generate',
    'cors-origins': 'https://www.example.com,http://localhost:5173,https://*.example.org',
    'server-domain': 'files.example.com',
    'console-domain': 'console.example.com',
    'server-image': `ghcr.io/example/minio:2026.11@${digest}`,
    'console-image': `localhost:5000/nginx@${digest}`,
    updates: 'renovate',
  },
  'generated-password-domains-cors': {
    bucket: 'media',
    'root-password': 'generate',
    'cors-origins': 'https://www.example.com',
    'server-domain': 'files.example.com',
    'console-domain': 'console.example.com',
  },
  'shortest-names': { bucket: 'abc', 'server-name': 'a1', 'console-name': 'b1', 'root-user': 'abc' },
  'longest-names': {
    bucket: 'b'.repeat(63),
    'server-name': 's'.repeat(58),
    'console-name': 'c'.repeat(58),
    'root-user': 'r'.repeat(64),
    'server-domain': `${'d'.repeat(63)}.${'d'.repeat(63)}.${'d'.repeat(63)}.${'d'.repeat(57)}.com`,
  },
  'bucket-with-dots': { bucket: 'media.example.com', 'console-domain': 'console.example.com' },
};
