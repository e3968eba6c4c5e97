/** Pages fetched from a real server. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchUrl } from '../../functions/host/machine/fetch-url.ts';
import type { WebAnswer, WebRequest } from '../../shared/template/environment.ts';

let server: Server;
let base = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    const { authorization = '' } = request.headers;
    switch (request.url) {
      case '/here':
        response.setHeader('location', '/there').writeHead(302).end();
        break;
      case '/round':
        response.setHeader('location', '/round').writeHead(301).end();
        break;
      case '/secret':
        response.writeHead(authorization === '' ? 401 : 200).end(authorization);
        break;
      case '/packed':
        response.setHeader('content-encoding', 'gzip').end(gzipSync('packed'));
        break;
      case '/silent':
        break;
      default:
        response.end(`${request.url} ${request.headers['user-agent']}`);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  base = `127.0.0.1:${port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function fetchPath(path: string, more: Partial<WebRequest> = {}): Promise<WebAnswer> {
  return fetchUrl({
    url: `http://${base}${path}`,
    headers: { 'user-agent': 'test' },
    timeoutMs: 5000,
    isCertificateChecked: true,
    mayRedirect: true,
    credentials: undefined,
    sendsCredentialsAtOnce: false,
    socketPath: undefined,
    authorityFile: undefined,
    ...more,
  });
}

const textOf = (answer: WebAnswer): string =>
  answer.kind === 'failed' ? answer.why : `${answer.status} ${Buffer.from(answer.content).toString()}`;

test('follows redirects, but not for ever, and not when told not to', async () => {
  expect(textOf(await fetchPath('/here'))).toBe('200 /there test');
  expect(textOf(await fetchPath('/here', { mayRedirect: false }))).toBe('302 ');
  const round = await fetchPath('/round');
  expect(round.kind === 'answered' && round.reason).toContain('infinite loop');
});

test('unpacks pages that come packed, and leaves headers behind where it is told to', async () => {
  expect(textOf(await fetchPath('/packed'))).toBe('200 packed');
  const headers = { 'User-Agent': 'test' };
  expect(textOf(await fetchPath('/here', { headers }))).toBe('200 /there test');
  const unredirectedHeaders = ['user-agent'];
  expect(textOf(await fetchPath('/here', { headers, unredirectedHeaders }))).toBe('200 /there undefined');
});

test('shows credentials when it is asked for them', async () => {
  const credentials = { user: 'bob', password: 'pw' };
  expect(textOf(await fetchPath('/secret'))).toBe('401 ');
  expect(textOf(await fetchPath('/secret', { credentials }))).toBe('200 Basic Ym9iOnB3');
  expect(textOf(await fetchPath('/secret', { url: `http://bob:pw@${base}/secret` }))).toBe(
    '200 Basic Ym9iOnB3',
  );
});

test('ends at its deadline, and when there is no server or no such kind of address', async () => {
  expect(textOf(await fetchPath('/silent', { timeoutMs: 200 }))).toBe('timed out');
  expect(textOf(await fetchPath('', { url: 'http://127.0.0.1:1/' }))).toBe('[Errno 111] Connection refused');
  expect(textOf(await fetchPath('', { url: 'ftp://127.0.0.1/' }))).toBe('unknown url type: ftp');
});
