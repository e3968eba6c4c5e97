/** Jinja2's filters for HTML and URLs, and Ansible's urlsplit and urldecode. */

import type { Dict, Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { filterArgumentError, filterError } from '../filter-error.ts';
import { dumpJson } from '../formats/json.ts';
import { checkText } from '../python/arithmetic.ts';
import { encodeText } from '../python/codec.ts';
import { dictGet, dictKey } from '../python/dict-key.ts';
import { pythonError, typeError, undefinedError, valueError } from '../python/error.ts';
import { escapeHtml, escapeValue, stripTags } from '../python/markup-text.ts';
import { indexArgument } from '../python/number.ts';
import { repr, str } from '../python/repr.ts';
import { Markup, PyBytes, Undefined } from '../python/special.ts';
import { splitUrl } from '../python/url.ts';
import {
  asDict,
  asText,
  force,
  isMapping,
  isTrue,
  iterate,
  iterateOrUndefined,
  typeName,
} from '../python/values.ts';
import { splitWords } from '../python/whitespace.ts';
import { indentOption } from './formats.ts';
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
    call: (_env, value) => urldecode(force(value)),
  },
  { name: 'urlsplit', signature: "query='', alias='urlsplit'", call: urlsplit },
];

function xmlattr(_env: unknown, value: Value, autospace: Value = true): Value {
  const entries = asDict(force(value));
  if (entries === undefined) {
    const other = force(value);
    if (other instanceof Undefined) throw undefinedError(other);
    throw pythonError('AttributeError', `'${typeName(force(value))}' object has no attribute 'items'`);
  }
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

function pairOf(item: Value): [Value, Value] {
  const items = iterateOrUndefined(force(item));
  if (items === undefined) throw typeError(`cannot unpack non-iterable ${typeName(item)} object`);
  const parts = [...items];
  if (parts.length < 2) throw valueError(`not enough values to unpack (expected 2, got ${parts.length})`);
  if (parts.length > 2) throw valueError('too many values to unpack (expected 2)');
  return [parts[0] ?? null, parts[1] ?? null];
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
  const rels = new Set(splitWords(rel === null ? '' : str(rel)));
  if (isTrue(nofollow)) rels.add('nofollow');
  rels.add('noopener');
  const schemes = extraSchemes === null ? [] : Array.from(iterate(force(extraSchemes)), str);
  for (const scheme of schemes) {
    if (!/^[\w.+-]{2,}:\/{0,2}$/.test(scheme)) {
      throw filterArgumentError(`${repr(scheme)} is not a valid URI scheme prefix.`);
    }
  }
  return linkUrls(escapeValue(force(value)).text, {
    trimLength: limit === null ? undefined : indexArgument(limit),
    attributes:
      ` rel="${escapeHtml([...rels].sort().join(' '))}"` +
      (target === null ? '' : ` target="${escapeHtml(str(target))}"`),
    schemes,
  });
}

function tojson(_env: unknown, value: Value, indent: Value = null): Value {
  const settled = force(value);
  const json = dumpJson(settled, { sortKeys: true, isPlain: true, ...indentOption(indent) });
  const safe = json.replace(/[<>&']/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
  return new Markup(safe);
}

function urldecode(value: Value): Value {
  if (value instanceof Undefined) throw undefinedError(value);
  const text = asText(value);
  if (text === undefined) {
    throw pythonError('AttributeError', `'${typeName(value)}' object has no attribute 'replace'`);
  }
  return text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) =>
      Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
}

/** What Python finds in a value that is false: empty bytes. */
function partOfNothing(value: Value, part: string, alias: Value): Value {
  dictKey(value);
  if (['hostname', 'password', 'port', 'username'].includes(part)) return null;
  if (['fragment', 'netloc', 'path', 'query', 'scheme'].includes(part)) return new PyBytes(new Uint8Array());
  throw filterError(`${str(alias)}: unknown URL component: ${part}`);
}

function urlsplit(_env: unknown, value: Value, query: Value = '', alias: Value = 'urlsplit'): Value {
  const text = asText(force(value));
  const wanted = asText(force(query)) ?? '';
  if (text === undefined && wanted !== '' && !isTrue(force(value)))
    return partOfNothing(force(value), wanted, alias);
  if (text === undefined) {
    str(value);
    throw pythonError('AttributeError', `'${typeName(force(value))}' object has no attribute 'decode'`);
  }
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
  if (part === undefined) throw filterError(`${str(alias)}: unknown URL component: ${str(query)}`);
  return part;
}
