/** Fetches a page over http or https, with bounded time, size and redirects. */

import { readFileSync } from 'node:fs';
import {
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { limits } from '../../../shared/base/limits.ts';
import type { WebAnswer, WebRequest } from '../../../shared/template/environment.ts';
import { pageContent } from './page-content.ts';

const ENDLESS =
  'The HTTP server returned a redirect error that would lead to an infinite loop.\nThe last 30x error message was:\n';

const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ['EAI_AGAIN', '[Errno -3] Temporary failure in name resolution'],
  ['ECONNREFUSED', '[Errno 111] Connection refused'],
  ['ECONNRESET', '[Errno 104] Connection reset by peer'],
  ['EHOSTUNREACH', '[Errno 113] No route to host'],
  ['ENETUNREACH', '[Errno 101] Network is unreachable'],
  ['ENOTFOUND', '[Errno -2] Name or service not known'],
]);

/** Answers with what came back, or with why nothing did; rejects never. */
export async function fetchUrl(request: WebRequest): Promise<WebAnswer> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  try {
    return await follow(request, { deadline, redirects: 0, isAuthorized: request.sendsCredentialsAtOnce });
  } catch (error) {
    if (deadline.aborted) return { kind: 'failed', why: 'timed out' };
    return { kind: 'failed', why: problemOf(error) };
  }
}

type Attempt = {
  readonly deadline: AbortSignal;
  readonly redirects: number;
  /** Credentials are sent. */
  readonly isAuthorized: boolean;
};

async function follow(request: WebRequest, attempt: Attempt): Promise<WebAnswer> {
  const url = new URL(request.url);
  const message = await send(request, url, attempt);
  const { headers, statusCode: status = 0, statusMessage: reason = '' } = message;
  if (status === 401 && !attempt.isAuthorized && credentialsOf(request, url) !== undefined) {
    message.resume();
    return follow(request, { ...attempt, isAuthorized: true });
  }
  const isRedirect = [301, 302, 303, 307, 308].includes(status) && headers.location !== undefined;
  if (!isRedirect || !request.mayRedirect)
    return { kind: 'answered', status, reason, content: await unpacked(message) };
  message.resume();
  if (attempt.redirects >= limits.webRedirectsMax)
    return { kind: 'answered', status, reason: `${ENDLESS}${reason}`, content: Buffer.alloc(0) };
  const target = new URL(headers.location ?? '', url);
  const isSameSite = target.host === url.host;
  return follow(
    {
      ...request,
      headers: redirectedHeaders(request),
      url: target.href,
      credentials: isSameSite ? request.credentials : undefined,
    },
    { ...attempt, redirects: attempt.redirects + 1, isAuthorized: attempt.isAuthorized && isSameSite },
  );
}

function redirectedHeaders({ headers, unredirectedHeaders = [] }: WebRequest): WebRequest['headers'] {
  const dropped = new Set(unredirectedHeaders.map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name.toLowerCase())));
}

/** Pages are asked for as they are, but some servers pack them nevertheless. */
async function unpacked(message: IncomingMessage): Promise<Uint8Array> {
  const content = await pageContent(message);
  if (message.headers['content-encoding'] !== 'gzip') return content;
  return gunzipSync(content, { maxOutputLength: limits.webPageBytesMax });
}

/** What the system said, in Python's words where it has some. */
function problemOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors.at(-1) : error;
  if (!(first instanceof Error)) return String(first);
  const code = 'code' in first ? first.code : undefined;
  const words = typeof code === 'string' ? PROBLEMS.get(code) : undefined;
  return words ?? first.message;
}

function send(request: WebRequest, url: URL, attempt: Attempt): Promise<IncomingMessage> {
  const credentials = attempt.isAuthorized ? credentialsOf(request, url) : undefined;
  const options: RequestOptions = {
    headers: {
      ...request.headers,
      'accept-encoding': 'identity',
      ...(credentials === undefined ? {} : { authorization: basic(credentials) }),
    },
    signal: attempt.deadline,
    agent: false,
    ...(request.socketPath === undefined ? {} : { socketPath: request.socketPath }),
  };
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return new Promise((resolve, reject) => {
    const started = start(request, plain, options);
    started.on('response', resolve);
    started.on('error', reject);
    started.end();
  });
}

function start(request: WebRequest, url: URL, options: RequestOptions): ClientRequest {
  if (url.protocol === 'http:') return requestHttp(url, options);
  if (url.protocol !== 'https:') throw new Error(`unknown url type: ${url.protocol.slice(0, -1)}`);
  const { authorityFile, isCertificateChecked } = request;
  return requestHttps(url, {
    ...options,
    rejectUnauthorized: isCertificateChecked,
    ...(authorityFile === undefined ? {} : { ca: readFileSync(authorityFile) }),
  });
}

type Credentials = NonNullable<WebRequest['credentials']>;

function credentialsOf({ credentials }: WebRequest, url: URL): Credentials | undefined {
  if (credentials !== undefined) return credentials;
  if (url.username === '') return undefined;
  return { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
}

function basic({ password, user }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
