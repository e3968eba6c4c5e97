/** `uri`: a request to a web server, and what it answers. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { formatJson, JsonError, parseJson } from '../../../shared/base/json.ts';
import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { baseName, directoryName, joinPath } from '../../../shared/template/python/posix-path.ts';
import { repr, str } from '../../../shared/template/python/repr.ts';
import { decodeSurrogateEscape } from '../session/surrogate-escape.ts';
import { COMMON_RULES, changeAttributes, wantedOf } from './attributes.ts';
import { digestOf, isThere, lookThrough, withPathInfo } from './file-state.ts';
import { type LocalContext, type LocalModule, ModuleFailure } from './local-module.ts';
import { at } from './local-path.ts';
import { type ArgumentRules, checkModuleArguments, type Params } from './module-arguments.ts';
import { tried } from './os-error.ts';
import { stageFile } from './staged-file.ts';
import { askWeb, type WebResult, type WebTask } from './web-request.ts';

/** What all modules that ask web servers take. */
const WEB_RULES: ArgumentRules = {
  url: {},
  force: { type: 'bool', default: false },
  http_agent: { default: 'ansible-httpget' },
  use_proxy: { type: 'bool', default: true },
  validate_certs: { type: 'bool', default: true },
  url_username: {},
  url_password: { isSecret: true },
  force_basic_auth: { type: 'bool', default: false },
  client_cert: { type: 'path' },
  client_key: { type: 'path' },
  use_gssapi: { type: 'bool', default: false },
};

const RULES: ArgumentRules = {
  ...WEB_RULES,
  ...COMMON_RULES,
  dest: { type: 'path' },
  url_username: { aliases: ['user'] },
  url_password: { aliases: ['password'], isSecret: true },
  body: { type: 'raw' },
  body_format: { default: 'raw', choices: ['form-urlencoded', 'json', 'raw', 'form-multipart'] },
  src: { type: 'path' },
  method: { default: 'GET' },
  return_content: { type: 'bool', default: false },
  follow_redirects: { default: 'safe', choices: ['all', 'no', 'none', 'safe', 'urllib2', 'yes'] },
  creates: { type: 'path' },
  removes: { type: 'path' },
  status_code: { type: 'list', elements: 'int', default: [200] },
  timeout: { type: 'int', default: 30 },
  headers: { type: 'dict' },
  unix_socket: { type: 'path' },
  remote_src: { type: 'bool', default: false },
  ca_path: { type: 'path' },
  unredirected_headers: { type: 'list', elements: 'str', default: [] },
  decompress: { type: 'bool', default: true },
  ciphers: { type: 'list', elements: 'str' },
  use_netrc: { type: 'bool', default: true },
};

/** Gives headers, status and, where it is wanted, the content; fails when the status is another than was expected. */
export const uri: LocalModule = async (args, context) => {
  const exclusive = [['body', 'src']];
  const params = checkModuleArguments(
    { module: 'ansible.legacy.uri', rules: RULES, exclusive },
    args,
    context,
  );
  if (context.isCheck)
    return new Map<Value, Value>([
      ['skipped', true],
      ['msg', 'remote module (ansible.legacy.uri) does not support check mode'],
    ]);
  const method = params.givenText('method').toUpperCase();
  if (!/^[A-Z]+$/.test(method))
    throw new ModuleFailure("Parameter 'method' needs to be a single word in uppercase, like GET or POST.");
  const skipped = skippedBy(params, context);
  if (skipped !== undefined)
    return new Map<Value, Value>([
      ['stdout', skipped],
      ['changed', false],
    ]);
  const start = context.clock.now();
  const web = await askWeb(taskOf(params, method, context));
  const elapsed = Math.floor((context.clock.now() - start) / 1000);
  return withPathInfo(context, await concluded(params, { web, elapsed }, context));
};

function skippedBy(params: Params, context: LocalContext): string | undefined {
  const creates = params.text('creates');
  const removes = params.text('removes');
  if (creates !== undefined && isThere(context, creates)) return `skipped, since '${creates}' exists`;
  if (removes !== undefined && !isThere(context, removes))
    return `skipped, since '${removes}' does not exist`;
  return undefined;
}

function taskOf(params: Params, method: string, context: LocalContext): WebTask {
  const headers = headersOf(params);
  const body = bodyOf(params, headers, context);
  const follows = params.givenText('follow_redirects');
  return {
    ...webTask(params, context),
    method,
    headers: Object.fromEntries(headers),
    body,
    follows: follows === 'yes' ? 'all' : follows === 'no' ? 'none' : parseFollows(follows),
    timeoutMs: params.number('timeout') * 1000,
    authorityFile: params.text('ca_path'),
    socketPath: params.text('unix_socket'),
    unredirected: (params.list('unredirected_headers') ?? []).map((name) => str(name).toLowerCase()),
    isDecompressed: params.flag('decompress'),
  };
}

function parseFollows(text: string): WebTask['follows'] {
  return text as WebTask['follows'];
}

/** What all modules that ask web servers read alike. */
function webTask(
  params: Params,
  { signal }: LocalContext,
): Pick<WebTask, 'certificateFile' | 'credentials' | 'isCertificateChecked' | 'keyFile' | 'signal' | 'url'> {
  const url = params.givenText('url');
  if (!url.includes(':') || (/^https?:/i.test(url) && !URL.canParse(url)))
    throw new ModuleFailure(`unknown url type: ${repr(url)}`, [
      ['url', url],
      ['status', -1],
    ]);
  if (params.flag('use_gssapi')) throw new ModuleFailure('use_gssapi needs a host with Python');
  const user = params.text('url_username');
  return {
    url,
    credentials:
      user === undefined || user === ''
        ? undefined
        : { user, password: params.text('url_password') ?? '', isForced: params.flag('force_basic_auth') },
    isCertificateChecked: params.flag('validate_certs'),
    certificateFile: params.text('client_cert'),
    keyFile: params.text('client_key'),
    signal,
  };
}

/** The task's own come last: they may replace what is sent otherwise. */
function headersOf(params: Params): Map<string, string> {
  const given = params.value('headers');
  return new Map<string, string>([
    ['User-Agent', params.givenText('http_agent')],
    ...(isDict(given) ? [...given].map(([name, value]) => [titled(str(name)), str(value)] as const) : []),
  ]);
}

/** As Python's HTTP client writes a header's name. */
function titled(name: string): string {
  return name.toLowerCase().replaceAll(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase());
}

function bodyOf(params: Params, headers: Map<string, string>, context: LocalContext): Buffer | undefined {
  const src = params.text('src');
  if (src) {
    const read = tried(() => readFileSync(at(context, src)));
    if ('problem' in read) throw new ModuleFailure(`Unable to open source file ${src}`, [['elapsed', 0]]);
    return read.value;
  }
  const body = params.value('body');
  const format = params.givenText('body_format');
  if (format === 'form-multipart')
    throw new ModuleFailure('body_format form-multipart needs a host with Python: a function has none');
  if (format === 'raw') return body === null ? undefined : Buffer.from(str(body));
  const isJson = format === 'json';
  const names = [...headers.keys()].map((name) => name.toLowerCase());
  if (!names.includes('content-type'))
    headers.set('Content-Type', isJson ? 'application/json' : 'application/x-www-form-urlencoded');
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.from(isJson ? formatJson(body) : formEncoded(body));
}

function formEncoded(body: Value): string {
  const pairs = isDict(body)
    ? [...body]
    : Array.isArray(body)
      ? body.map((pair): [Value, Value] =>
          Array.isArray(pair) ? [pair[0] ?? null, pair[1] ?? null] : [pair, null],
        )
      : [];
  const form = new URLSearchParams();
  for (const [name, values] of pairs) {
    const all = isDict(values) ? [...values.keys()] : Array.isArray(values) ? values : [values];
    for (const value of all) if (value !== null) form.append(str(name), str(value));
  }
  return form.toString().replaceAll('*', '%2A').replaceAll('%7E', '~');
}

type Answered = { readonly web: WebResult; readonly elapsed: number };

async function concluded(params: Params, { elapsed, web }: Answered, context: LocalContext): Promise<Dict> {
  const { content, info, isError } = web;
  const url = params.givenText('url');
  const expected = (params.list('status_code') ?? []).map((code) => Number(str(code)));
  const status = Number(info.get('status'));
  const isExpected = expected.includes(status);
  const { charset, isJson } = contentType(str(info.get('content-type') ?? ''), content !== undefined);
  const isShown = content !== undefined && (isJson || params.flag('return_content') || !isExpected);
  const told: Dict = new Map<Value, Value>([['redirected', info.get('url') !== url], ...info]);
  told.set('elapsed', elapsed);
  told.set('changed', false);
  if (isError && content !== undefined && !isShown) told.set('body', decode(content, 'utf-8'));
  const dest = params.text('dest');
  if (dest !== undefined && content !== undefined)
    await save(params, { dest, content, told, isSaved: isExpected && status !== 304 }, context);
  const result: Dict = new Map(
    [...told].map(([name, value]) => [str(name).replaceAll('-', '_').toLowerCase(), value]),
  );
  const location = result.get('location');
  if (typeof location === 'string') result.set('location', absoluteLocation(url, location));
  if (isShown && isJson) addJson(result, decode(content, charset));
  if (params.flag('return_content')) result.set('content', isShown ? decode(content, charset) : null);
  if (isExpected) return result;
  const shown = repr(expected);
  throw new ModuleFailure(
    `Status code was ${status} and not ${shown}: ${str(result.get('msg') ?? '')}`,
    result,
  );
}

type Saving = {
  readonly dest: string;
  readonly content: Buffer;
  readonly told: Dict;
  readonly isSaved: boolean;
};

async function save(
  params: Params,
  { content, dest, isSaved, told }: Saving,
  context: LocalContext,
): Promise<void> {
  const isDirectory = lookThrough(context, dest)?.isDirectory() === true;
  const path = isDirectory
    ? joinPath(dest, baseName(new URL(str(told.get('url') ?? '')).pathname) || 'index.html')
    : dest;
  told.set('path', path);
  if (!isSaved) return;
  const sha1 = createHash('sha1').update(content).digest('hex');
  const isSame =
    lookThrough(context, path)?.isFile() === true && digestOf(at(context, path), 'sha1') === sha1;
  if (!isSame)
    await stageFile({ dest: path, pieces: [content], context }, (staged) => staged.commit(undefined));
  told.set('changed', changeAttributes(wantedOf(params, path, context), context, { before: true }));
}

/** Whether content of a type is to be read as JSON, and in which characters. */
function contentType(
  text: string,
  isAnswered: boolean,
): { readonly charset: string; readonly isJson: boolean } {
  if (!isAnswered) return { charset: 'utf-8', isJson: false };
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const subtype = type.split('/')[1] ?? '';
  const word = (subtype.split('+')[1] ?? subtype).toLowerCase();
  const charset = parameters.find((each) => /^charset=/i.test(each))?.slice('charset='.length) ?? 'utf-8';
  return { charset: charset.replaceAll('"', ''), isJson: word === 'json' || word === 'javascript' };
}

function decode(content: Buffer, charset: string): string {
  if (/^utf-?8$/i.test(charset)) return decodeSurrogateEscape(content);
  try {
    return new TextDecoder(charset).decode(content);
  } catch {
    return decodeSurrogateEscape(content);
  }
}

function addJson(result: Dict, text: string): void {
  try {
    result.set('json', parseJson(text));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
}

function absoluteLocation(url: string, location: string): string {
  if (location.includes('://')) return location;
  const { pathname } = new URL(url);
  if (location.startsWith('/')) return url.replace(pathname, '') + location;
  return `${directoryName(url)}/${location}`;
}
