/** Values of `--cors-origins` that are accepted, each with the origin of a page that it allows. */
export const accepted: [value: string, page: string][] = [
  ...[
    ...['https://www.example.com', 'https://app.example.com:8443', 'https://xn--mnchen-3ya.de', 'http://intranet'],
    ...['http://localhost:5173', 'http://my_app.local:8080', 'http://192.168.0.10:8000', 'http://[::1]:3000'],
    ...['capacitor://localhost', 'ionic://localhost', 'tauri://localhost', 'web+app.1://My-App:1'],
    ...['chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai', 'moz-extension://6ecab2bd-1c2c-4f1f-8a3d-0f2b7c1d9e55'],
  ].map((value): [string, string] => [value, value]),
  ['https://*.example.org', 'https://a.b.example.org'],
  ['https://app-*.example.net:8443', 'https://app-42.example.net:8443'],
  ['http://127.0.0.1:*', 'http://127.0.0.1:61234'],
  ['http://*.localhost:*', 'http://tenant.localhost:8000'],
];

/** Origins of pages that none of the accepted values allows. */
export const strangers: string[] = [
  ...['null', 'http://www.example.com', 'https://www.example.com:8443', 'https://www.example.com.evil.com'],
  ...['http://localhost', 'http://localhost:5174', 'http://127.0.0.1', 'capacitor://localhost.evil.com'],
  ...['https://example.org', 'https://evilexample.org', 'https://a.example.org:8443', 'https://app-42.example.net'],
];

/** Values that are refused because the server would not allow the page that is meant, each with that page's origin. */
export const misspelled: [value: string, page: string][] = [
  ['https://www.example.com/', 'https://www.example.com'],
  ['https://www.example.org/media?x#y', 'https://www.example.org'],
  ['https://me:secret@example.com', 'https://example.com'],
  ['https://App.example.com', 'https://app.example.com'],
  ['Capacitor://localhost', 'capacitor://localhost'],
  ['https://a.com:443', 'https://a.com'],
  ['http://a.com:080', 'http://a.com'],
  ['http://127.1', 'http://127.0.0.1'],
  ['http://[0:0::1]:8000', 'http://[::1]:8000'],
  ['https://münchen.de', 'https://xn--mnchen-3ya.de'],
];
