/** Asks a web server, and tells what came of it as Ansible's modules do: headers in lower case beside url, status and msg. */

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
import type { Dict, Value } from '../../../shared/base/value.ts';
import { pageContent } from '../machine/page-content.ts';
import { osErrorOf } from './os-error.ts';

export type WebTask = {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly follows: 'all' | 'none' | 'safe' | 'urllib2';
  readonly timeoutMs: number;
  readonly credentials:
    | { readonly user: string; readonly password: string; readonly isForced: boolean }
    | undefined;
  readonly isCertificateChecked: boolean;
  readonly authorityFile: string | undefined;
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly socketPath: string | undefined;
  /** Names of headers that are not sent again where a redirect leads. */
  readonly unredirected: readonly string[];
  readonly isDecompressed: boolean;
  readonly signal: AbortSignal;
};

/** `info` is what the result tells; `content` is undefined when no answer came. */
export type WebResult = {
  readonly info: Dict;
  readonly content: Buffer | undefined;
  readonly isError: boolean;
};

/** Never rejects for what the world does. */
export async function askWeb(task: WebTask): Promise<WebResult> {
  const cookies: Cookie[] = [];
  try {
    const { isError, message, url } = await follow(plainTask(task), {
      count: 0,
      isAuthorized: false,
      cookies,
    });
    return await answered(task, { isError, message, url, cookies });
  } catch (error) {
    if (task.signal.aborted) throw task.signal.reason;
    const info: Dict = new Map<Value, Value>([
      ['url', task.url],
      ['status', -1],
      ['msg', problemText(error)],
    ]);
    return { info, content: undefined, isError: true };
  }
}

/** Takes the credentials out of the address, where there are any. */
function plainTask(task: WebTask): WebTask {
  const [, scheme = ''] = /^([^:]*):/.exec(task.url) ?? [];
  if (!/^https?$/i.test(scheme)) throw new Error(`unknown url type: ${scheme.toLowerCase()}`);
  const url = new URL(task.url);
  const { password, username } = url;
  url.username = '';
  url.password = '';
  if (task.credentials !== undefined || username === '') return { ...task, url: url.href };
  const credentials = {
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    isForced: false,
  };
  return { ...task, url: url.href, credentials };
}

type Attempt = {
  readonly count: number;
  readonly isAuthorized: boolean;
  readonly cookies: Cookie[];
};
type Arrived = { readonly message: IncomingMessage; readonly url: string; readonly isError: boolean };

class TooManyRedirects extends Error {}

async function follow(task: WebTask, attempt: Attempt): Promise<Arrived> {
  const { cookies, count } = attempt;
  const isAuthorized = attempt.isAuthorized || task.credentials?.isForced === true;
  const message = await send(task, { isAuthorized, cookies });
  const { headers, statusCode: status = 0 } = message;
  noteCookies(headers['set-cookie'] ?? [], new URL(task.url).hostname, cookies);
  if (status === 401 && !isAuthorized && task.credentials !== undefined) {
    message.resume();
    return follow(task, { ...attempt, isAuthorized: true });
  }
  const next = nextTask(task, status, headers.location);
  if (next === undefined) return { message, url: task.url, isError: status < 200 || status >= 300 };
  message.resume();
  if (count >= limits.webRedirectsMax) throw new TooManyRedirects('too many redirects');
  const staysIn = isAuthorized && next.credentials !== undefined;
  return follow(next, { ...attempt, isAuthorized: staysIn, count: count + 1 });
}

const REDIRECTS = [301, 302, 303, 307, 308];

function nextTask(task: WebTask, status: number, location: string | undefined): WebTask | undefined {
  const { body, follows, headers, method } = task;
  if (location === undefined || !REDIRECTS.includes(status) || follows === 'none') return undefined;
  const isReading = method === 'GET' || method === 'HEAD';
  if (follows === 'safe' && !isReading) return undefined;
  if (follows === 'urllib2' && !isReading && (method !== 'POST' || status > 303)) return undefined;
  const url = new URL(location, task.url).href;
  const dropped = new Set(task.unredirected);
  if (status < 307) for (const name of BODY_HEADERS) dropped.add(name);
  const left = Object.entries(headers).filter(([name]) => !dropped.has(name.toLowerCase()));
  const becomesGet =
    status === 303 || status === 302 ? method !== 'HEAD' : status === 301 && method === 'POST';
  return {
    ...task,
    url,
    // Who leads elsewhere does not get the password sent there.
    credentials: new URL(url).host === new URL(task.url).host ? task.credentials : undefined,
    headers: Object.fromEntries(left),
    method: becomesGet ? 'GET' : method,
    body: status < 307 ? undefined : body,
  };
}

const BODY_HEADERS = ['content-length', 'content-type', 'transfer-encoding'];

type Cookie = { readonly host: string; readonly name: string; readonly value: string };

/** Takes up what a host gives; it is sent to no other one. */
function noteCookies(texts: readonly string[], host: string, cookies: Cookie[]): void {
  for (const text of texts) {
    const [, name, value = ''] = /^\s*([^=;]+?)\s*=\s*([^;]*?)\s*(?:;|$)/.exec(text) ?? [];
    if (name === undefined) continue;
    const known = cookies.findIndex((cookie) => cookie.host === host && cookie.name === name);
    if (known >= 0) cookies.splice(known, 1);
    cookies.push({ host, name, value });
  }
}

type Sending = { readonly isAuthorized: boolean; readonly cookies: readonly Cookie[] };

function send(task: WebTask, { cookies, isAuthorized }: Sending): Promise<IncomingMessage> {
  const { body, credentials, headers, method, signal, socketPath, timeoutMs } = task;
  const own = cookies.filter(({ host }) => host === new URL(task.url).hostname);
  const login = `${credentials?.user}:${credentials?.password}`;
  const options: RequestOptions = {
    method,
    headers: {
      'Accept-Encoding': task.isDecompressed ? 'gzip' : 'identity',
      ...(body === undefined
        ? {}
        : { 'Content-Length': body.length, 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...(own.length === 0 ? {} : { Cookie: cookieText(own) }),
      ...(isAuthorized ? { Authorization: `Basic ${Buffer.from(login).toString('base64')}` } : {}),
      ...headers,
      Connection: 'close',
    },
    agent: false,
    signal,
    timeout: timeoutMs,
    ...(socketPath === undefined ? {} : { socketPath }),
  };
  return new Promise((resolve, reject) => {
    const started = start(task, options);
    started.on('response', resolve);
    started.on('error', reject);
    started.on('timeout', () => {
      const isConnected = started.socket?.connecting === false;
      started.destroy(isConnected ? new Broken('timed out') : new Error('timed out'));
    });
    started.end(body);
  });
}

/** It ended when the server had been reached. */
class Broken extends Error {}

function start(task: WebTask, options: RequestOptions): ClientRequest {
  const url = new URL(task.url);
  if (url.protocol === 'http:') return requestHttp(url, options);
  const { authorityFile, certificateFile, isCertificateChecked, keyFile } = task;
  return requestHttps(url, {
    ...options,
    rejectUnauthorized: isCertificateChecked,
    ...(authorityFile === undefined ? {} : { ca: readFileSync(authorityFile) }),
    ...(certificateFile === undefined ? {} : { cert: readFileSync(certificateFile) }),
    ...(keyFile === undefined && certificateFile === undefined
      ? {}
      : { key: readFileSync(keyFile ?? certificateFile ?? '') }),
  });
}

function cookieText(cookies: readonly Cookie[]): string {
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
}

type Answered = Arrived & { readonly cookies: readonly Cookie[] };

async function answered(task: WebTask, { cookies, isError, message, url }: Answered): Promise<WebResult> {
  const { statusCode: status = 0, statusMessage: reason = '' } = message;
  const info: Dict = new Map<Value, Value>([
    ['url', isError ? task.url : url],
    ...headersOf(message, isError),
  ]);
  if (!isError) {
    info.set('cookies_string', cookieText(cookies));
    info.set('cookies', new Map(cookies.map(({ name, value }) => [name, value])));
  }
  const length = message.headers['content-length'] ?? 'unknown';
  info.set('msg', isError ? `HTTP Error ${status}: ${reason}` : `OK (${length} bytes)`);
  info.set('status', status);
  const bytes = await contentOf(message, task.timeoutMs);
  const isPacked =
    task.isDecompressed && !isError && message.headers['content-encoding']?.toLowerCase() === 'gzip';
  return { info, content: isPacked ? gunzipSync(bytes) : bytes, isError };
}

/** Of an answer that is no error, what is said several times is joined; of the others the last one counts. */
function headersOf({ rawHeaders }: IncomingMessage, isError: boolean): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const before = found.get(name);
    found.set(name, before === undefined || isError ? value : `${before}, ${value}`);
  }
  return found;
}

function contentOf(message: IncomingMessage, timeoutMs: number): Promise<Buffer> {
  message.setTimeout(timeoutMs, () => message.destroy(new Broken('timed out')));
  return pageContent(message);
}

/** What kept an answer from coming, in Python's words where it has some. */
function problemText(error: unknown): string {
  if (error instanceof Broken) return `Connection failure: ${error.message}`;
  if (error instanceof TooManyRedirects)
    return 'Request failed: The HTTP server returned a redirect error that would lead to an infinite loop.';
  if (!(error instanceof Error)) return `Request failed: ${String(error)}`;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOTFOUND') return 'Request failed: <urlopen error [Errno -2] Name or service not known>';
  if (code === 'EAI_AGAIN')
    return 'Request failed: <urlopen error [Errno -3] Temporary failure in name resolution>';
  if (typeof code === 'string' && /CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    // Node says what to do on machines that are ours.
    const [why = ''] = error.message.split(';');
    return `Request failed: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${why}>`;
  }
  const first = error instanceof AggregateError ? error.errors.at(-1) : error;
  if (error.message === 'socket hang up')
    return 'Connection failure: Remote end closed connection without response';
  const problem = osErrorOf(first);
  if (problem !== undefined)
    return `Request failed: <urlopen error [Errno ${problem.number}] ${problem.text}>`;
  return `Request failed: <urlopen error ${error.message}>`;
}
