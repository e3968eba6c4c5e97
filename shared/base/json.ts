/** Reads and writes JSON exactly as Python's `json.loads` and `json.dumps` do: order, ints of any size and floats kept apart. */

import { isDict, PyFloat, type Special, type Value } from './value.ts';

/** Python's options of the same names. */
export type JsonOptions = {
  /** Spaces per level, or the text of one level; without it everything stands on one line. */
  readonly indent?: number | string;
  readonly sortKeys?: boolean;
  /** Escapes everything beyond ASCII; Python's default. */
  readonly ensureAscii?: boolean;
  /** Between items and between key and value; Python's defaults depend on `indent`. */
  readonly separators?: readonly [string, string];
  /** Called with the length of each piece that is put together; may throw. */
  readonly checkSize?: (chars: number) => void;
  /** What a special value is written as; undefined when it has no JSON form. */
  readonly convert?: (special: Special) => Value | undefined;
  /** How a float is written, if not by {@link formatFloat}. */
  readonly writeFloat?: (value: number) => string;
};

/** A value has no JSON form; `message` is in Python's words. */
export class JsonTypeError extends Error {}

type Style = {
  readonly indent: string | undefined;
  readonly sortKeys: boolean;
  readonly item: string;
  readonly colon: string;
  readonly quote: (text: string) => string;
  readonly convert: (special: Special) => Value | undefined;
  readonly checkSize: ((chars: number) => void) | undefined;
  readonly writeFloat: (value: number) => string;
};

/** Deepest nesting that is read or written: because both recurse, and Python stops near the same depth. */
const DEPTH_MAX = 990;

/** The JSON text of a value; throws {@link JsonTypeError} for what has none. */
export function formatJson(value: Value, options: JsonOptions = {}): string {
  const indent =
    typeof options.indent === 'number' ? ' '.repeat(Math.max(0, options.indent)) : options.indent;
  const [item, colon] = options.separators ?? [indent === undefined ? ', ' : ',', ': '];
  const style: Style = {
    indent,
    sortKeys: options.sortKeys ?? false,
    item,
    colon,
    quote: (options.ensureAscii ?? true) ? quoteAscii : quoteUnicode,
    convert: options.convert ?? (() => undefined),
    checkSize: options.checkSize,
    writeFloat: options.writeFloat ?? formatFloat,
  };
  return write(value, style, 0);
}

/** The shortest JSON text, for the wire: no spaces, characters as they are. */
export function formatCompactJson(value: Value, convert?: (special: Special) => Value | undefined): string {
  return formatJson(value, {
    ensureAscii: false,
    separators: [',', ':'],
    ...(convert === undefined ? {} : { convert }),
  });
}

function write(value: Value, style: Style, depth: number): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return style.quote(value);
    case 'boolean':
    case 'number':
    case 'bigint':
      return String(value);
    default:
      return writeObject(value, style, depth);
  }
}

function writeObject(
  value: Exclude<Value, null | string | boolean | number | bigint>,
  style: Style,
  depth: number,
): string {
  if (value instanceof PyFloat) return style.writeFloat(value.value);
  if (depth > DEPTH_MAX) throw new JsonTypeError('Circular reference detected');
  if (Array.isArray(value)) {
    return wrap(
      value.map((item) => write(item, style, depth + 1)),
      '[]',
      { style, depth },
    );
  }
  if (isDict(value)) return wrap(writeEntries(value, style, depth + 1), '{}', { style, depth });
  const converted = style.convert(value);
  if (converted === undefined)
    throw new JsonTypeError(`Object of type ${value.special} is not JSON serializable`);
  return write(converted, style, depth);
}

function writeEntries(map: ReadonlyMap<Value, Value>, style: Style, depth: number): string[] {
  const entries = [...map];
  if (style.sortKeys) entries.sort(([a], [b]) => compareKeys(a, b));
  return entries.map(([key, item]) => style.quote(keyText(key)) + style.colon + write(item, style, depth));
}

function wrap(
  parts: readonly string[],
  [open = '', close = '']: string,
  at: { readonly style: Style; readonly depth: number },
): string {
  if (parts.length === 0) return open + close;
  const { indent, item, checkSize } = at.style;
  const width = indent === undefined ? item.length : indent.length * (at.depth + 1) + item.length + 1;
  checkSize?.(parts.reduce((sum, part) => sum + part.length + width, 0));
  if (indent === undefined) return open + parts.join(item) + close;
  const inner = `\n${indent.repeat(at.depth + 1)}`;
  return `${open}${inner}${parts.join(item + inner)}\n${indent.repeat(at.depth)}${close}`;
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key === null || typeof key === 'boolean' || typeof key === 'number' || typeof key === 'bigint') {
    return String(key);
  }
  if (key instanceof PyFloat) return formatFloat(key.value);
  const name = Array.isArray(key) ? 'list' : isDict(key) ? 'dict' : key.special;
  throw new JsonTypeError(`keys must be str, int, float, bool or None, not ${name}`);
}

function compareKeys(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareByCodePoint(a, b);
  const x = keyNumber(a);
  const y = keyNumber(b);
  if (x === undefined || y === undefined)
    throw new JsonTypeError(
      `'<' not supported between instances of '${keyTypeName(a)}' and '${keyTypeName(b)}'`,
    );
  return x < y ? -1 : x > y ? 1 : 0;
}

function keyNumber(key: Value): number | bigint | undefined {
  if (key instanceof PyFloat) return key.value;
  if (typeof key === 'boolean') return Number(key);
  return typeof key === 'number' || typeof key === 'bigint' ? key : undefined;
}

function keyTypeName(key: Value): string {
  if (key === null) return 'NoneType';
  if (typeof key === 'string') return 'str';
  if (typeof key === 'boolean') return 'bool';
  return key instanceof PyFloat ? 'float' : typeof key === 'object' ? 'object' : 'int';
}

function compareByCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A float as Python prints it. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const plain = value.toString();
  return plain.includes('.') ? plain : `${plain}.0`;
}

const NEEDS_ESCAPE = /["\\]|[^ -~]/;

function quoteAscii(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function quoteUnicode(text: string): string {
  return JSON.stringify(text);
}

/** The text is not JSON; `message` is in the words of Python's decoder. */
export class JsonError extends Error {
  readonly offset: number;

  constructor(message: string, text: string, offset: number) {
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    super(`${message}: line ${line} column ${column} (char ${offset})`);
    this.name = 'JsonError';
    this.offset = offset;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const PLAIN_TEXT = /[^"\\\p{Cc}]*/uy;
const WORDS: readonly (readonly [string, Value])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', new PyFloat(Number.NaN)],
  ['Infinity', new PyFloat(Number.POSITIVE_INFINITY)],
  ['-Infinity', new PyFloat(Number.NEGATIVE_INFINITY)],
];

/** The value that a JSON text stands for; throws {@link JsonError}. */
export function parseJson(text: string): Value {
  if (text.startsWith('\ufeff'))
    throw new JsonError('Unexpected UTF-8 BOM (decode using utf-8-sig)', text, 0);
  const reader = new Reader(text);
  return reader.readWhole();
}

/** Reads one text from its start to its end. */
class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readWhole(): Value {
    this.#skipSpace();
    const value = this.#readValue();
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#error('Extra data', this.#at);
    return value;
  }

  #error(message: string, at: number): JsonError {
    return new JsonError(message, this.#text, at);
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#at++;
    }
  }

  #readValue(): Value {
    const code = this.#text.charCodeAt(this.#at);
    if (code === 34) return this.#readString();
    if (code === 123) return this.#readDict();
    if (code === 91) return this.#readList();
    if ((code >= 48 && code <= 57) || code === 45) return this.#readNumber();
    return this.#readWord();
  }

  #readWord(): Value {
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    throw this.#error('Expecting value', this.#at);
  }

  #readNumber(): Value {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return this.#readWord();
    this.#at = NUMBER.lastIndex;
    if (match[1] !== undefined || match[2] !== undefined) return new PyFloat(Number(match[0]));
    const int = Number(match[0]);
    return Number.isSafeInteger(int) ? (int === 0 ? 0 : int) : BigInt(match[0]);
  }

  #enter(): void {
    this.#depth++;
    if (this.#depth > DEPTH_MAX) throw this.#error('Nested too deeply', this.#at);
    this.#at++;
    this.#skipSpace();
  }

  #readList(): Value[] {
    const list: Value[] = [];
    this.#enter();
    if (this.#text.charCodeAt(this.#at) === 93) return this.#leave(list);
    for (;;) {
      list.push(this.#readValue());
      this.#skipSpace();
      const code = this.#text.charCodeAt(this.#at);
      if (code === 93) return this.#leave(list);
      if (code !== 44) throw this.#error("Expecting ',' delimiter", this.#at);
      this.#at++;
      this.#skipSpace();
    }
  }

  #readDict(): Map<Value, Value> {
    const map = new Map<Value, Value>();
    this.#enter();
    if (this.#text.charCodeAt(this.#at) === 125) return this.#leave(map);
    for (;;) {
      const key = this.#readKey();
      map.set(key, this.#readValue());
      this.#skipSpace();
      const code = this.#text.charCodeAt(this.#at);
      if (code === 125) return this.#leave(map);
      if (code !== 44) throw this.#error("Expecting ',' delimiter", this.#at);
      this.#at++;
      this.#skipSpace();
    }
  }

  #readKey(): string {
    if (this.#text.charCodeAt(this.#at) !== 34) {
      throw this.#error('Expecting property name enclosed in double quotes', this.#at);
    }
    const key = this.#readString();
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== 58) throw this.#error("Expecting ':' delimiter", this.#at);
    this.#at++;
    this.#skipSpace();
    return key;
  }

  #leave<Container>(container: Container): Container {
    this.#depth--;
    this.#at++;
    return container;
  }

  #readString(): string {
    const start = this.#at;
    const end = this.#text.indexOf('"', start + 1);
    const plain = this.#text.slice(start + 1, end);
    if (end > 0 && !hasEscapeOrControl(plain)) {
      this.#at = end + 1;
      return plain;
    }
    return this.#readEscapedString(start);
  }

  #readEscapedString(start: number): string {
    const pieces: string[] = [];
    this.#at = start + 1;
    for (;;) {
      PLAIN_TEXT.lastIndex = this.#at;
      pieces.push(PLAIN_TEXT.exec(this.#text)?.[0] ?? '');
      this.#at = PLAIN_TEXT.lastIndex;
      const code = this.#text.charCodeAt(this.#at);
      if (code === 34) break;
      if (Number.isNaN(code)) throw this.#error('Unterminated string starting at', start);
      if (code === 92) pieces.push(this.#readEscape(start));
      else if (code < 32) throw this.#error('Invalid control character at', this.#at);
      else {
        pieces.push(this.#text[this.#at] ?? '');
        this.#at++;
      }
    }
    this.#at++;
    return pieces.join('');
  }

  #readEscape(start: number): string {
    const letter = this.#text[this.#at + 1];
    if (letter === undefined) throw this.#error('Unterminated string starting at', start);
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#error('Invalid \\uXXXX escape', this.#at + 1);
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const character = READ_ESCAPES.get(letter);
    if (character === undefined) throw this.#error('Invalid \\escape', this.#at);
    this.#at += 2;
    return character;
  }
}

const READ_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function hasEscapeOrControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 92 || code < 32) return true;
  }
  return false;
}
