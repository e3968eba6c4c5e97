/** The url lookup: the lines or the text of a web page, fetched from the machine that runs the playbook. */

import { createHash } from 'node:crypto';
import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment, WebAnswer, WebRequest } from '../environment.ts';
import { ansibleError } from '../filter-error.ts';
import { decodeText } from '../python/codec.ts';
import { pythonError, valueError } from '../python/error.ts';
import { repr, str } from '../python/repr.ts';
import { asText, force } from '../python/values.ts';
import { splitLines } from '../python/whitespace.ts';
import { boolOption, dictOption, floatOption, type LookupOptions, listOption, termText } from './options.ts';

/** The lookup. */
export const urlLookups: readonly Lookup[] = [
  {
    name: 'url',
    call: (env, terms, options) => terms.flatMap((term) => fetchPage(env, termText(term, 'decode'), options)),
  },
];

const TIMEOUT_SECONDS = 10;
const AGENT = 'ansible-httpget';

function fetchPage(env: Environment, url: string, given: LookupOptions): Value[] {
  checkUrl(url.trim());
  const request = requestOf(url, configured(env, given));
  const isSplit = boolOption(configured(env, given), 'split_lines', true);
  const asked = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  const page = env.memory.later(`url ${url} ${asked}`, () =>
    env.local.fetch(request).then((answer) => contentOf(url, answer)),
  );
  const text = asText(page) ?? '';
  return isSplit ? splitLines(text) : [text];
}

function checkUrl(url: string): void {
  if (!/^[a-z][\w+.-]*:/i.test(url)) throw valueError(`unknown url type: ${repr(url)}`);
  const path = /^[^:]+:\/\/[^/?#]*([^#]*)/.exec(url)?.[1] ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that Python refuses
  const unfit = /[\x00-\x20\x7f]/.exec(path)?.[0];
  if (unfit === undefined) return;
  throw pythonError(
    'http.client.InvalidURL',
    `URL can't contain control characters. ${repr(path)} (found at least ${repr(unfit)})`,
  );
}

/** What the call leaves open may be set by variables such as `ansible_lookup_url_timeout`. */
function configured(env: Environment, given: LookupOptions): LookupOptions {
  const names = ['ca_path', 'follow_redirects', 'force', 'force_basic_auth', 'timeout', 'unix_socket'];
  const fromVariables = [...names, 'agent'].flatMap((name): [string, Value][] => {
    const value = env.scope.resolve(`ansible_lookup_url_${name}`);
    return value === undefined ? [] : [[name === 'agent' ? 'http_agent' : name, value]];
  });
  return new Map([...fromVariables, ...given]);
}

function requestOf(url: string, options: LookupOptions): WebRequest {
  const text = (name: string): string | undefined => {
    const value = force(options.get(name) ?? null);
    return value === null ? undefined : str(value);
  };
  const headers = [...dictOption(options, { plugin: 'url', name: 'headers' })].map(
    ([name, value]) => [str(name), str(force(value))] as const,
  );
  const isForced = boolOption(options, 'force', false);
  const user = text('username');
  return {
    url,
    headers: {
      'user-agent': text('http_agent') ?? AGENT,
      ...(isForced ? { 'cache-control': 'no-cache' } : {}),
      ...Object.fromEntries(headers),
    },
    timeoutMs: floatOption(options, { plugin: 'url', name: 'timeout' }, TIMEOUT_SECONDS) * 1000,
    isCertificateChecked: boolOption(options, 'validate_certs', true),
    mayRedirect: ['all', 'safe', 'urllib2', 'yes'].includes(text('follow_redirects') ?? 'urllib2'),
    unredirectedHeaders: listOption(options, 'unredirected_headers').map(str),
    credentials: user === undefined ? undefined : { user, password: text('password') ?? '' },
    sendsCredentialsAtOnce: boolOption(options, 'force_basic_auth', false),
    socketPath: text('unix_socket'),
    authorityFile: text('ca_path'),
  };
}

function contentOf(url: string, answer: WebAnswer): Value {
  if (answer.kind === 'failed')
    throw ansibleError(`Failed lookup url for ${url} : <urlopen error ${answer.why}>`);
  const { content, reason, status } = answer;
  if (status >= 200 && status < 300) return decodeText(content);
  throw ansibleError(`Received HTTP error for ${url} : HTTP Error ${status}: ${reason}`);
}
