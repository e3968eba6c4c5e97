/** Python's `json.loads`: ints of any size, floats kept apart from ints, and JSONDecodeError in its own words. */

import { type Dict, PyFloat, type Value } from '../base/value.ts';
import { normalizeInt } from './python-arithmetic.ts';
import { pythonError } from './python-error.ts';

const DEPTH_MAX = 900;

/** The value of a JSON text. */
export function loadJson(text: string): Value {
  if (text.startsWith('\ufeff')) throw decodeError('Unexpected UTF-8 BOM (decode using utf-8-sig)', text, 0);
  const reader: Reader = { text, at: 0, depth: 0 };
  skipSpace(reader);
  const value = readValue(reader);
  skipSpace(reader);
  if (reader.at < text.length) throw decodeError('Extra data', text, reader.at);
  return value;
}

type Reader = { readonly text: string; at: number; depth: number };

function decodeError(message: string, text: string, at: number): Error {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1;
  return pythonError('JSONDecodeError', `${message}: line ${line} column ${column} (char ${[...before].length})`);
}

function skipSpace(reader: Reader): void {
  while (' \t\n\r'.includes(reader.text[reader.at] ?? 'x')) reader.at++;
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const CONSTANTS: ReadonlyMap<string, () => Value> = new Map<string, () => Value>([
  ['null', () => null],
  ['true', () => true],
  ['false', () => false],
  ['NaN', () => new PyFloat(Number.NaN)],
  ['Infinity', () => new PyFloat(Number.POSITIVE_INFINITY)],
  ['-Infinity', () => new PyFloat(Number.NEGATIVE_INFINITY)],
]);

function readValue(reader: Reader): Value {
  if (reader.depth > DEPTH_MAX) throw pythonError('RecursionError', 'maximum recursion depth exceeded');
  const char = reader.text[reader.at];
  if (char === '"') {
    reader.at++;
    return readString(reader);
  }
  if (char === '{' || char === '[') {
    reader.at++;
    reader.depth++;
    const value = char === '{' ? readObject(reader) : readArray(reader);
    reader.depth--;
    return value;
  }
  for (const [word, make] of CONSTANTS) {
    if (reader.text.startsWith(word, reader.at)) {
      reader.at += word.length;
      return make();
    }
  }
  return readNumber(reader);
}

function readNumber(reader: Reader): Value {
  NUMBER.lastIndex = reader.at;
  const found = NUMBER.exec(reader.text);
  if (found === null) throw decodeError('Expecting value', reader.text, reader.at);
  reader.at += found[0].length;
  if (found[1] !== undefined || found[2] !== undefined) return new PyFloat(Number(found[0]));
  return normalizeInt(BigInt(found[0]));
}

const STRING_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Reads the rest of a string after its opening quote. */
function readString(reader: Reader): string {
  const begin = reader.at - 1;
  const { text } = reader;
  let out = '';
  for (;;) {
    const start = reader.at;
    while (reader.at < text.length && !/["\\\x00-\x1f]/.test(text[reader.at] ?? '')) reader.at++;
    out += text.slice(start, reader.at);
    const char = text[reader.at];
    if (char === undefined) throw decodeError('Unterminated string starting at', text, begin);
    if (char === '"') {
      reader.at++;
      return out;
    }
    if (char !== '\\') throw decodeError('Invalid control character at', text, reader.at);
    out += readEscape(reader, begin);
  }
}

function readEscape(reader: Reader, begin: number): string {
  const { text, at } = reader;
  const letter = text[at + 1];
  if (letter === undefined) throw decodeError('Unterminated string starting at', text, begin);
  if (letter === 'u') {
    const digits = /^[0-9a-fA-F]{4}/.exec(text.slice(at + 2, at + 6))?.[0];
    if (digits === undefined) throw decodeError('Invalid \\uXXXX escape', text, at + 1);
    reader.at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }
  const plain = STRING_ESCAPES[letter];
  if (plain === undefined) throw decodeError('Invalid \\escape', text, at);
  reader.at += 2;
  return plain;
}

function readObject(reader: Reader): Dict {
  const made: Dict = new Map();
  skipSpace(reader);
  if (reader.text[reader.at] === '}') {
    reader.at++;
    return made;
  }
  for (;;) {
    if (reader.text[reader.at] !== '"') {
      throw decodeError('Expecting property name enclosed in double quotes', reader.text, reader.at);
    }
    reader.at++;
    const key = readString(reader);
    skipSpace(reader);
    if (reader.text[reader.at] !== ':') throw decodeError("Expecting ':' delimiter", reader.text, reader.at);
    reader.at++;
    skipSpace(reader);
    made.set(key, readValue(reader));
    if (endsAt(reader, '}')) return made;
  }
}

function readArray(reader: Reader): Value[] {
  const made: Value[] = [];
  skipSpace(reader);
  if (reader.text[reader.at] === ']') {
    reader.at++;
    return made;
  }
  for (;;) {
    made.push(readValue(reader));
    if (endsAt(reader, ']')) return made;
  }
}

/** Consumes the comma or the closing bracket after an item, and says which it was. */
function endsAt(reader: Reader, close: string): boolean {
  skipSpace(reader);
  const char = reader.text[reader.at];
  if (char !== ',' && char !== close) throw decodeError("Expecting ',' delimiter", reader.text, reader.at);
  reader.at++;
  if (char === close) return true;
  skipSpace(reader);
  return false;
}
