/** Jinja2's filters for HTML and URLs, and Ansible's urlsplit and urldecode. */

import type { Dict, Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { attributeError, filterArgumentError, filterError } from '../filter-error.ts';
import { dumpJson } from '../formats/json.ts';
import { checkText, operate } from '../python/arithmetic.ts';
import { decodeText, encodeText } from '../python/codec.ts';
import { isOrdered } from '../python/comparison.ts';
import { dictGet, dictKey } from '../python/dict-key.ts';
import { typeError, valueError } from '../python/error.ts';
import { escapeHtml, escapeValue, stripTags } from '../python/markup-text.ts';
import { rangeArguments, textArgument } from '../python/method.ts';
import { formatPercent } from '../python/percent-format.ts';
import { repr, str } from '../python/repr.ts';
import { Markup, PyBytes, PyCallable, PyTuple, Undefined } from '../python/special.ts';
import { splitUrl } from '../python/url.ts';
import {
  asDict,
  asText,
  characters,
  force,
  isMapping,
  isTrue,
  iterate,
  iterateOrUndefined,
  typeName,
} from '../python/values.ts';
import { splitWords } from '../python/whitespace.ts';
import { indentOption } from './formats.ts';
import { pairOf } from './sequence.ts';
import { linkUrls } from './urlize.ts';

/** HTML and URL filters. */
export const htmlFilters: readonly Builtin[] = [
  { name: 'escape', signature: '', call: (_env, value) => escapeValue(force(value)) },
  { name: 'e', signature: '', call: (_env, value) => escapeValue(force(value)) },
  { name: 'forceescape', signature: '', call: (_env, value) => new Markup(escapeHtml(str(force(value)))) },
  { name: 'safe', signature: '', call: (_env, value) => new Markup(str(force(value))) },
  { name: 'striptags', signature: '', call: (_env, value) => stripTags(str(force(value))) },
  { name: 'xmlattr', signature: 'autospace=True', call: xmlattr },
  { name: 'urlencode', signature: '', call: (_env, value) => urlencode(force(value)) },
  {
    name: 'urlize',
    signature: 'trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None',
    call: urlize,
  },
  { name: 'tojson', signature: 'indent=None', call: tojson },
  {
    name: 'urldecode',
    signature: "encoding='utf-8', errors='replace'",
    call: (_env, value, ...codec) => urldecode(force(value), codec),
  },
  { name: 'urlsplit', signature: "query='', alias='urlsplit'", call: urlsplit },
];

function xmlattr(_env: unknown, value: Value, autospace: Value = true): Value {
  const entries = asDict(force(value));
  if (entries === undefined) throw attributeError(value, 'items');
  const parts: string[] = [];
  for (const [key, item] of entries) {
    const settled = force(item);
    if (settled === null || settled instanceof Undefined) continue;
    const name = asText(key);
    if (name === undefined) throw typeError(`expected string or bytes-like object, got '${typeName(key)}'`);
    if (/[ \t-\r/>=]/.test(name)) throw valueError(`Invalid character in attribute name: ${repr(name)}`);
    parts.push(`${escapeHtml(name)}="${escapeValue(settled).text}"`);
  }
  const text = parts.join(' ');
  return isTrue(autospace) && text !== '' ? ` ${text}` : text;
}

function escapeByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Percent-encodes all but letters, digits, `_.-~` and the characters of `safe`. */
function quoteUrl(value: Value, safe: string): string {
  const text = value instanceof PyBytes ? undefined : str(value);
  if (text?.isWellFormed() === true) {
    const quoted = encodeURIComponent(text).replace(/[!'()*]/g, escapeByte);
    return checkText(safe.includes('/') ? quoted.replaceAll('%2F', '/') : quoted);
  }
  const bytes = value instanceof PyBytes ? value.bytes : encodeText(str(value), 'utf-8', 'strict');
  return Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9_.~-]/.test(character) || safe.includes(character)) return character;
    return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

function urlencode(value: Value): Value {
  if (asText(value) !== undefined || iterateOrUndefined(value) === undefined) return quoteUrl(value, '/');
  const pairs = isMapping(value) ? [...(asDict(value) ?? [])] : Array.from(iterate(value), pairOf);
  const quote = (item: Value): string => quoteUrl(item, '').replaceAll('%20', '+');
  return pairs.map(([key, item]) => `${quote(key)}=${quote(item)}`).join('&');
}

function urlize(
  _env: unknown,
  value: Value,
  limit: Value = null,
  nofollow: Value = false,
  target: Value = null,
  rel: Value = null,
  extraSchemes: Value = null,
): Value {
  const relText = isTrue(rel) ? asText(force(rel)) : '';
  if (relText === undefined) throw attributeError(rel, 'split');
  const rels = new Set(splitWords(relText));
  if (isTrue(nofollow)) rels.add('nofollow');
  rels.add('noopener');
  const schemes = extraSchemes === null ? [] : Array.from(iterate(force(extraSchemes)), schemeText);
  for (const scheme of schemes) {
    if (!/^[\w.+-]{2,}:\/{0,2}$/.test(scheme)) {
      throw filterArgumentError(`${repr(scheme)} is not a valid URI scheme prefix.`);
    }
  }
  return linkUrls(escapeValue(force(value)).text, {
    trim: (url) => shortened(url, limit),
    attributes:
      ` rel="${escapeHtml([...rels].sort().join(' '))}"` +
      (!isTrue(target) ? '' : ` target="${escapeHtml(str(target))}"`),
    schemes,
  });
}

function schemeText(scheme: Value): string {
  const text = asText(force(scheme));
  if (text === undefined) throw typeError(`expected string or bytes-like object, got '${typeName(scheme)}'`);
  return text;
}

/** What is shown of a URL. */
function shortened(url: string, limit: Value): string {
  const units = characters(url);
  if (limit === null || !isOrdered('>', units.length, limit)) return url;
  const [, end] = rangeArguments(0, limit, units.length);
  return `${[...units.slice(0, end)].join('')}...`;
}

function tojson(_env: unknown, value: Value, indent: Value = null): Value {
  const settled = force(value);
  const json = dumpJson(settled, { sortKeys: true, isPlain: true, ...indentOption(indent, settled) });
  const safe = json.replace(/[<>&']/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
  return new Markup(safe);
}

function urldecode(value: Value, [encoding = 'utf-8', errors = 'replace']: readonly Value[]): Value {
  const text = asText(value)?.replaceAll('+', ' ');
  if (text === undefined) throw attributeError(value, 'replace');
  if (!text.includes('%')) return text;
  const codec = encoding === null ? 'utf-8' : textArgument(encoding, "decode() argument 'encoding'");
  const handler = errors === null ? 'replace' : textArgument(errors, "decode() argument 'errors'");
  decodeText(new Uint8Array(), codec, handler);
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) =>
    decodeText(Buffer.from(escapes.replaceAll('%', ''), 'hex'), codec, handler),
  );
}

/** What Python finds in a value that is false: empty bytes. */
function partOfNothing(value: Value, part: string, alias: Value): Value {
  dictKey(value);
  if (['hostname', 'password', 'port', 'username'].includes(part)) return null;
  if (['fragment', 'netloc', 'path', 'query', 'scheme'].includes(part)) return new PyBytes(new Uint8Array());
  throw unknownPart(part, alias);
}

function unknownPart(part: Value, alias: Value): Error {
  return filterError(str(operate('+', force(alias), formatPercent(': unknown URL component: %s', part))));
}

function splitNothing(value: Value): Dict {
  const fields = ['scheme', 'netloc', 'path', 'query', 'fragment'];
  const decode = (): Value => new PyTuple(Array(fields.length).fill(''), fields);
  const parts: Dict = new Map<Value, Value>([['decode', new PyCallable('decode', decode)]]);
  for (const part of [
    'fragment',
    'hostname',
    'netloc',
    'password',
    'path',
    'port',
    'query',
    'scheme',
    'username',
  ])
    parts.set(part, partOfNothing(value, part, ''));
  return parts;
}

function urlsplit(_env: unknown, value: Value, query: Value = '', alias: Value = 'urlsplit'): Value {
  const text = asText(force(value));
  const wanted = asText(force(query)) ?? '';
  if (text === undefined && !isTrue(force(value)))
    return wanted === '' ? splitNothing(force(value)) : partOfNothing(force(value), wanted, alias);
  if (text === undefined) throw attributeError(value, 'decode');
  const url = splitUrl(text);
  const parts: Dict = new Map<Value, Value>([
    ['fragment', url.fragment],
    ['hostname', url.hostname ?? null],
    ['netloc', url.netloc],
    ['password', url.password ?? null],
    ['path', url.path],
    ['port', url.port ?? null],
    ['query', url.query],
    ['scheme', url.scheme],
    ['username', url.username ?? null],
  ]);
  if (!isTrue(force(query))) return parts;
  const part = dictGet(parts, force(query));
  if (part === undefined) throw unknownPart(force(query), alias);
  return part;
}
