import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:tls';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../render-simulator/certificate.ts';
import { type Edge, openEdge } from '../render-simulator/edge.ts';
import { http } from './clients/http.ts';

/** What a service behind the edge sees; needs no container engine. */
describe("the simulator's edge", () => {
  let certificate: Certificate;
  let edge: Edge;
  const seen: IncomingMessage[] = [];
  /** What the service answers with at /zipped. */
  let zipped = { body: Buffer.from(''), encoding: '' };
  const service = createServer((request, response) => {
    seen.push(request);
    if (request.url === '/zipped') {
      response.writeHead(200, { 'content-encoding': zipped.encoding }).end(zipped.body);
      return;
    }
    request.resume().on('end', () => response.writeHead(201, { 'X-Answer': 'yes' }).end(`to ${request.url}`));
  });
  service.on('upgrade', (request, socket: Socket, head) => {
    seen.push(request);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.write(head);
    socket.pipe(socket);
  });
  const send = (path: string, request = {}) => http({ certificate }, `https://localhost:${edge.port}${path}`, request);

  beforeAll(async () => {
    certificate = await makeCertificate(['minio-server.onrender.com']);
    edge = await openEdge(certificate);
    await new Promise<void>((listening) => {
      service.listen(0, '127.0.0.1', listening);
    });
    edge.route({ address: '127.0.0.1', port: (service.address() as AddressInfo).port });
  });
  afterAll(async () => {
    await edge.close();
    service.closeAllConnections();
    service.close();
  });

  test('passes path, Host and headers on as they came, and says what it knows of the client', async () => {
    const headers = { host: 'files.example.com', 'x-forwarded-for': '192.0.2.1', 'X-Own': 'a  b' };
    const { status, body, headers: answered } = await send('/a%2Fb//c+d?x=%20', { headers });
    expect([status, body.toString(), answered['x-answer']]).toEqual([201, 'to /a%2Fb//c+d?x=%20', 'yes']);
    expect(seen.at(-1)?.headers).toMatchObject({
      host: 'files.example.com',
      'x-own': 'a  b',
      'x-forwarded-for': '192.0.2.1, 127.0.0.1',
      'x-forwarded-proto': 'https',
    });
  });

  test("adds Cloudflare's headers, and lets nobody pretend them", async () => {
    await send('/', { headers: { 'CF-Connecting-IP': '192.0.2.1', 'true-client-ip': '192.0.2.1' } });
    expect(seen.at(-1)?.headers).toMatchObject({
      'cdn-loop': expect.stringContaining('cloudflare'),
      'cf-connecting-ip': '127.0.0.1',
      'cf-ray': expect.stringMatching(/^[0-9a-f]{16}-PDX$/),
      'cf-visitor': '{"scheme":"https"}',
      'rndr-id': expect.any(String),
      'true-client-ip': '127.0.0.1',
    });
  });

  test.each([{}, { 'accept-encoding': 'identity' }, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'zstd, br' }])(
    'asks the service for gzip and br, whatever the client asks for: %j',
    async (headers) => {
      await send('/', { headers });
      expect(seen.at(-1)?.headers['accept-encoding']).toBe('gzip, br');
    },
  );

  test.each([
    ['gzip', gzipSync, 'identity', undefined],
    ['gzip', gzipSync, 'gzip', 'gzip'],
    ['br', brotliCompressSync, 'gzip', undefined],
    ['br', brotliCompressSync, 'br', 'br'],
  ] as const)('unzips an answer in %s only for a client that did not ask for it', async (encoding, zip, asked, got) => {
    zipped = { body: zip('a text'), encoding };
    const { body, headers } = await send('/zipped', { headers: { 'accept-encoding': asked } });
    expect(headers['content-encoding']).toBe(got);
    expect(body).toEqual(got ? zipped.body : Buffer.from('a text'));
  });

  test('lets nobody pretend another scheme', async () => {
    await send('/', { headers: { 'X-Forwarded-Proto': 'http' } });
    expect(seen.at(-1)?.headers['x-forwarded-proto']).toBe('https');
  });

  test('streams a body of any size', async () => {
    const { status } = await send('/', { method: 'PUT', body: Buffer.alloc(64 << 20) });
    expect([status, seen.at(-1)?.headers['content-length']]).toEqual([201, String(64 << 20)]);
  });

  test('lets a WebSocket through, both ways', async () => {
    const socket = connect({ port: edge.port, ca: certificate.ca, servername: 'localhost' });
    socket.write(
      'GET /ws/ HTTP/1.1\r\nHost: x:1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://x:1\r\n\r\nping',
    );
    let received = '';
    for await (const chunk of socket) {
      received += chunk;
      if (received.endsWith('ping')) break;
    }
    expect(received).toMatch(/^HTTP\/1.1 101 .*\r\n\r\nping$/s);
    const { headers } = seen.at(-1) as IncomingMessage;
    expect(headers).toMatchObject({ host: 'x:1', connection: 'Upgrade', upgrade: 'websocket', origin: 'https://x:1' });
  });

  test('answers 502 where nothing is, or nothing is routed to', async () => {
    const before = { address: '127.0.0.1', port: (service.address() as AddressInfo).port };
    edge.route(undefined);
    expect((await send('/')).status).toBe(502);
    edge.route({ address: '127.0.0.1', port: 1 });
    expect((await send('/', { method: 'PUT', body: 'x' })).status).toBe(502);
    edge.route(before);
    expect((await send('/')).status).toBe(201);
  });
});
