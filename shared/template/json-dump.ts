/** Python's `json.dumps` with Ansible's encoder: the layout, the escapes and the errors. */

import { PyFloat, type Value } from '../base/value.ts';
import { compare } from './comparison.ts';
import { typeError, undefinedError, valueError } from './python-error.ts';
import { reprFloat } from './python-repr.ts';
import { LazyDict, PyObject, PyTuple, Undefined, Vaulted } from './special.ts';
import { asDict, asInt, asText, force, typeName } from './values.ts';

/** The options of `json.dumps` that templates may set. */
export type JsonOptions = {
  /** The text of one level of indentation; undefined prints on one line. */
  readonly indent?: string;
  readonly itemSeparator?: string;
  readonly keySeparator?: string;
  readonly sortKeys?: boolean;
  readonly ensureAscii?: boolean;
  readonly skipKeys?: boolean;
  readonly allowNan?: boolean;
  /** Plain text of a vaulted value; without it the value is written as `{"__ansible_vault": …}`. */
  readonly decrypt?: (ciphertext: string) => string;
};

type Writer = Required<Pick<JsonOptions, 'itemSeparator' | 'keySeparator'>> & JsonOptions;

const DEPTH_MAX = 900;

/** The JSON text of a value. */
export function dumpJson(value: Value, options: JsonOptions = {}): string {
  const isIndented = options.indent !== undefined;
  return write(force(value), {
    writer: {
      ...options,
      itemSeparator: options.itemSeparator ?? (isIndented ? ',' : ', '),
      keySeparator: options.keySeparator ?? ': ',
    },
    depth: 0,
  });
}

type At = { readonly writer: Writer; readonly depth: number };

function write(value: Value, at: At): string {
  if (at.depth > DEPTH_MAX) throw valueError('Circular reference detected');
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  const text = asText(value);
  if (text !== undefined) return quoteJson(text, at.writer.ensureAscii !== false);
  const int = asInt(value);
  if (int !== undefined) return int.toString();
  if (value instanceof PyFloat) return writeFloat(value.value, at.writer);
  if (Array.isArray(value)) return writeList(value, at);
  if (value instanceof PyTuple) return writeList(value.items, at);
  if (value instanceof Map || value instanceof LazyDict) return writeDict(value, at);
  return writeRare(value, at);
}

function writeRare(value: Exclude<Value, null>, at: At): string {
  if (value instanceof Undefined) throw undefinedError(value);
  if (value instanceof PyObject && value.behaviour.typeName.startsWith('datetime.')) {
    return quoteJson(value.behaviour.str().replace(' ', 'T'), at.writer.ensureAscii !== false);
  }
  if (value instanceof Vaulted) {
    if (at.writer.decrypt !== undefined) return write(at.writer.decrypt(value.ciphertext), at);
    return writeDict(new Map([['__ansible_vault', value.ciphertext]]), at);
  }
  throw typeError(`Object of type ${typeName(value)} is not JSON serializable`);
}

function writeFloat(value: number, writer: Writer): string {
  if (Number.isFinite(value)) return reprFloat(value);
  if (writer.allowNan === false) throw valueError('Out of range float values are not JSON compliant');
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}

function writeList(items: readonly Value[], at: At): string {
  if (items.length === 0) return '[]';
  const within = { writer: at.writer, depth: at.depth + 1 };
  return layOut(
    '[]',
    items.map((item) => write(force(item), within)),
    at,
  );
}

function writeDict(value: Value, at: At): string {
  let entries = [...(asDict(value) ?? [])];
  if (entries.length === 0) return '{}';
  if (at.writer.sortKeys === true) entries = entries.sort(([a], [b]) => compare(a, b));
  const within = { writer: at.writer, depth: at.depth + 1 };
  const parts: string[] = [];
  for (const [key, item] of entries) {
    const name = keyText(key, at.writer);
    if (name === undefined) continue;
    const quoted = quoteJson(name, at.writer.ensureAscii !== false);
    parts.push(quoted + at.writer.keySeparator + write(force(item), within));
  }
  return layOut('{}', parts, at);
}

function layOut(brackets: string, parts: readonly string[], at: At): string {
  const [open = '', close = ''] = brackets;
  const { indent, itemSeparator } = at.writer;
  if (indent === undefined) return open + parts.join(itemSeparator) + close;
  const inner = `\n${indent.repeat(at.depth + 1)}`;
  return `${open}${inner}${parts.join(itemSeparator + inner)}\n${indent.repeat(at.depth)}${close}`;
}

function keyText(key: Value, writer: Writer): string | undefined {
  const text = asText(key);
  if (text !== undefined) return text;
  if (key instanceof PyFloat) return writeFloat(key.value, writer);
  if (key === null) return 'null';
  if (typeof key === 'boolean') return key ? 'true' : 'false';
  const int = asInt(key);
  if (int !== undefined) return int.toString();
  if (writer.skipKeys === true) return undefined;
  throw typeError(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

/** A JSON string literal. */
function quoteJson(text: string, isAscii: boolean): string {
  const unsafe = isAscii ? /["\\]|[^ -~]/g : /["\\\x00-\x1f]/g;
  const escaped = text.replace(
    unsafe,
    (unit) => SHORT_ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}
