/** Python's `ast.literal_eval`: what Ansible makes of rendered text that looks like a list, dict or bool. */

import { PyFloat, type Value } from '../../base/value.ts';
import { dictKey, dictSet, toSet } from './dict-key.ts';
import { normalizeInt } from './number.ts';
import { PyBytes, PyTuple } from './special.ts';
import { unescapeString } from './unescape-string.ts';

const SPACE = /(?:[ \t\f\r\n]|\\\r?\n|#[^\n]*)*/y;
/** Between the parts of what stands outside of brackets, where a line end is the end. */
const BLANKS = /(?:[ \t\f]|\\\r?\n)*/y;
const NUMBER =
  /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?(?:[eE][-+]?\d(?:_?\d)*)?/y;
const WORD = /[A-Za-z_]\w*/y;
const STRING =
  /([rRbBuU]{0,2})("""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')/y;

const PYTHON_WORDS: readonly (readonly [string, Value])[] = [
  ['True', true],
  ['False', false],
  ['None', null],
];
const JSON_WORDS: readonly (readonly [string, Value])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** The first line with something on it, or a last one with nothing but blanks: Python takes both for indentation; or a last line that goes on. */
const INDENTED = /^(?:[ \t\f]*(?:#[^\n]*)?\n)*[ \t]+[^ \t\n\f#]|\n[ \t]+$|\\\n$/;

/** Deepest nesting that is read: because Python's parser stops near the same depth. */
const DEPTH_MAX = 200;

class NotALiteral extends Error {}

/** Text that looks like a list, dict or bool as that value; any other as it is. */
export function guessLiteral(text: string): Value {
  if (text === 'True' || text === 'False') return text === 'True';
  return /^(?:\[|\{(?!\{))/.test(text) ? (literalEval(text, true) ?? text) : text;
}

/** The value of a literal, or undefined when the text is none. `withJsonWords` also knows true, false and null. */
export function literalEval(text: string, withJsonWords: boolean): Value | undefined {
  const source = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  if (INDENTED.test(source)) return undefined;
  try {
    return new LiteralReader(source, withJsonWords).readWhole();
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

class LiteralReader {
  readonly #text: string;
  readonly #words: ReadonlyMap<string, Value>;
  #at = 0;
  #depth = 0;
  /** How many brackets are open. */
  #open = 0;
  /** What was to be a key and cannot: an error once the whole text has been read as a literal. */
  #fault: unknown;

  constructor(text: string, withJsonWords: boolean) {
    this.#text = text;
    this.#words = new Map(withJsonWords ? [...PYTHON_WORDS, ...JSON_WORDS] : PYTHON_WORDS);
  }

  readWhole(): Value {
    this.#match(SPACE);
    const value = this.#readTupleOrValue();
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw new NotALiteral();
    if (this.#fault !== undefined) throw this.#fault;
    return value;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  #space(): void {
    this.#match(this.#open > 0 ? SPACE : BLANKS);
  }

  #skip(token: string): boolean {
    this.#space();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    this.#space();
    return true;
  }

  #readTupleOrValue(): Value {
    const first = this.#readValue();
    if (!this.#skip(',')) return first;
    const items = [first];
    while (/[^\n#]/.test(this.#text[this.#at] ?? '#')) {
      items.push(this.#readValue());
      if (!this.#skip(',')) break;
    }
    return new PyTuple(items);
  }

  #readValue(): Value {
    this.#space();
    this.#depth++;
    if (this.#depth > DEPTH_MAX) throw new NotALiteral();
    const value = this.#readOne();
    this.#depth--;
    this.#space();
    return value;
  }

  #readOne(): Value {
    const character = this.#text[this.#at] ?? '';
    if (/[[({]/.test(character)) return this.#readBracketed(character);
    if (character === '-' || character === '+') return this.#readSigned(character);
    const strings = this.#readStrings();
    if (strings !== undefined) return strings;
    if (/[\d.]/.test(character)) return this.#readNumber();
    return this.#readWord();
  }

  #readBracketed(open: string): Value {
    this.#open++;
    const value =
      open === '['
        ? this.#readItems('[', ']').items
        : open === '('
          ? this.#readParentheses()
          : this.#readBraces();
    this.#open--;
    return value;
  }

  #readWord(): Value {
    const word = this.#match(WORD)?.[0] ?? '';
    if (word === 'set' && this.#skip('(') && this.#skip(')')) return toSet([]);
    const value = this.#words.get(word);
    if (value === undefined) throw new NotALiteral();
    return value;
  }

  #readSigned(sign: string): Value {
    this.#skip(sign);
    const value = this.#readNumber();
    if (sign === '+') return value;
    if (value instanceof PyFloat) return new PyFloat(-value.value);
    return typeof value === 'bigint' ? -value : typeof value === 'number' && value !== 0 ? -value : value;
  }

  #readNumber(): Value {
    const text = this.#match(NUMBER)?.[0] ?? '';
    const digits = text.replaceAll('_', '');
    if (digits === '' || /^0\d*[1-9]\d*$/.test(digits) || /\w/.test(this.#text[this.#at] ?? ''))
      throw new NotALiteral();
    if (/^0[xXoObB]/.test(digits)) return normalizeInt(BigInt(digits));
    if (/[.eE]/.test(digits)) return new PyFloat(Number(digits));
    return normalizeInt(BigInt(digits));
  }

  #readStrings(): Value | undefined {
    let result: string | undefined;
    let isBytes = false;
    for (;;) {
      const match = this.#match(STRING);
      if (match === null) break;
      const prefix = (match[1] ?? '').toLowerCase();
      if (!['', 'r', 'b', 'u', 'rb', 'br'].includes(prefix)) throw new NotALiteral();
      if (result !== undefined && isBytes !== prefix.includes('b')) throw new NotALiteral();
      isBytes = prefix.includes('b');
      result = (result ?? '') + stringBody(match[2] ?? '', prefix.includes('r'));
      this.#space();
    }
    if (result === undefined || !isBytes) return result;
    return new PyBytes(Buffer.from(result, 'latin1'));
  }

  #readParentheses(): Value {
    const { items, hasComma } = this.#readItems('(', ')');
    const [only] = items;
    return items.length === 1 && !hasComma && only !== undefined ? only : new PyTuple(items);
  }

  #readItems(open: string, close: string): { items: Value[]; hasComma: boolean } {
    const items: Value[] = [];
    let hasComma = false;
    this.#skip(open);
    while (!this.#skipClose(close)) {
      if (items.length > 0 && !hasComma) throw new NotALiteral();
      items.push(this.#readValue());
      hasComma = this.#skip(',');
    }
    return { items, hasComma };
  }

  #skipClose(close: string): boolean {
    if (this.#at >= this.#text.length) throw new NotALiteral();
    return this.#skip(close);
  }

  #readBraces(): Value {
    const map = new Map<Value, Value>();
    this.#skip('{');
    if (this.#skipClose('}')) return map;
    const first = this.#readKey();
    if (!this.#skip(':')) return this.#readSet(first);
    dictSet(map, first, this.#readValue());
    while (this.#skip(',')) {
      if (this.#skipClose('}')) return map;
      const key = this.#readKey();
      if (!this.#skip(':')) throw new NotALiteral();
      dictSet(map, key, this.#readValue());
    }
    if (!this.#skipClose('}')) throw new NotALiteral();
    return map;
  }

  #readKey(): Value {
    const key = this.#readValue();
    try {
      return dictKey(key);
    } catch (error) {
      this.#fault ??= error;
      return null;
    }
  }

  #readSet(first: Value): Value {
    const items = [first];
    while (this.#skip(',')) {
      if (this.#skipClose('}')) return toSet(items);
      items.push(this.#readKey());
    }
    if (!this.#skipClose('}')) throw new NotALiteral();
    return toSet(items);
  }
}

function stringBody(literal: string, isRaw: boolean): string {
  const size = literal.startsWith('"""') || literal.startsWith("'''") ? 3 : 1;
  const body = literal.slice(size, -size);
  if (isRaw) return body;
  const unescaped = unescapeString(body);
  if (unescaped.error !== undefined) throw new NotALiteral();
  return unescaped.text;
}
