/** Reads Python literals, as INI inventories write typed values: numbers, quoted strings, lists, dicts, tuples, sets. */

import { PyFloat, type Value } from '../../base/value.ts';
import { dictKey } from '../../template/dict-key.ts';
import { asTemplate, PySet, PyTuple, Template } from '../../template/special.ts';

/** Deepest nesting of brackets: Python's own parser gives up at about this depth. */
const DEPTH_MAX = 90;

/**
 * The value of a text that is one Python literal, or undefined when it is none (Ansible then keeps the text).
 * Strings inside become templates when they hold template markers; bytes become text.
 */
export function parsePythonLiteral(text: string): Value | undefined {
  const first = text.codePointAt(0);
  if (first === undefined) return undefined;
  // Most values are plain words, which no literal starts like.
  if (/^[A-Za-z_/~]/.test(text) && !/^(?:True|False|None|set\(|[bBuUrR]{1,2}["'])/.test(text))
    return undefined;
  const reader = new LiteralReader(text);
  try {
    return reader.readAll();
  } catch (error) {
    if (error instanceof NotLiteral) return undefined;
    throw error;
  }
}

/** Ends the reading of a text that is no literal; never leaves this file. */
class NotLiteral extends Error {}

class LiteralReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(): Value {
    const first = this.#value();
    const value = this.#peek() === ',' ? this.#restOfTuple(first, '') : first;
    if (this.#peek() !== '') throw new NotLiteral();
    return value;
  }

  /** The next character that is no space or comment, without taking it; empty at the end. */
  #peek(): string {
    const space = this.#depth > 0 ? /(?:[ \t\f\r\n]|\\\n|#[^\n]*)*/y : /[ \t\f]*(?:#[^\n]*)?\s*/y;
    space.lastIndex = this.#at;
    space.exec(this.#text);
    this.#at = space.lastIndex;
    return this.#text[this.#at] ?? '';
  }

  #take(pattern: RegExp): string | undefined {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #value(): Value {
    const next = this.#peek();
    if (next === '[') return this.#bracketed(']', () => this.#items(']'));
    if (next === '(') return this.#bracketed(')', () => this.#parenthesis());
    if (next === '{') return this.#bracketed('}', () => this.#braces());
    if (next === '+' || next === '-') return this.#signed();
    if (this.#take(/set\(\)/) !== undefined) return new PySet();
    const word = this.#take(/(?:True|False|None)(?!\w)/);
    if (word !== undefined) return word === 'None' ? null : word === 'True';
    return this.#string() ?? this.#number();
  }

  #bracketed(close: string, read: () => Value): Value {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new NotLiteral();
    const value = read();
    if (this.#peek() !== close) throw new NotLiteral();
    this.#at += 1;
    this.#depth -= 1;
    return value;
  }

  #items(close: string): Value[] {
    const items: Value[] = [];
    while (this.#peek() !== close) {
      items.push(this.#value());
      if (this.#peek() === ',') this.#at += 1;
      else break;
    }
    return items;
  }

  #parenthesis(): Value {
    if (this.#peek() === ')') return new PyTuple([]);
    const first = this.#value();
    return this.#peek() === ',' ? this.#restOfTuple(first, ')') : first;
  }

  #restOfTuple(first: Value, close: string): PyTuple {
    this.#at += 1;
    return new PyTuple([first, ...this.#items(close)]);
  }

  #braces(): Value {
    if (this.#peek() === '}') return new Map();
    const first = this.#value();
    if (this.#peek() !== ':') {
      if (this.#peek() === ',') this.#at += 1;
      else return new PySet([hashable(first)]);
      return new PySet([first, ...this.#items('}')].map(hashable));
    }
    const entries = new Map<Value, Value>();
    let key = first;
    for (;;) {
      if (this.#peek() !== ':') throw new NotLiteral();
      this.#at += 1;
      entries.set(hashable(key), this.#value());
      if (this.#peek() !== ',') return entries;
      this.#at += 1;
      if (this.#peek() === '}') return entries;
      key = this.#value();
    }
  }

  #signed(): Value {
    const sign = this.#text[this.#at];
    this.#at += 1;
    this.#peek();
    const value = this.#number();
    if (sign === '+') return value;
    if (value instanceof PyFloat) return new PyFloat(-value.value);
    if (typeof value === 'bigint') return -value;
    // Python has no negative zero among its ints.
    return typeof value === 'number' && value !== 0 ? -value : value;
  }

  #number(): Value {
    const float = this.#take(
      /(?:(?:\d+(?:_\d+)*)?\.\d+(?:_\d+)*|\d+(?:_\d+)*\.?)(?:[eE][-+]?\d+(?:_\d+)*)(?!\w)|(?:(?:\d+(?:_\d+)*)?\.\d+(?:_\d+)*|\d+(?:_\d+)*\.)(?![\w.])/,
    );
    if (float !== undefined) return new PyFloat(Number(float.replaceAll('_', '')));
    const based = this.#take(/0(?:[xX](?:_?[0-9a-fA-F])+|[oO](?:_?[0-7])+|[bB](?:_?[01])+)(?!\w)/);
    const digits = based ?? this.#take(/(?:0(?:_?0)*|[1-9](?:_?\d)*)(?![\w.])/);
    if (digits === undefined) throw new NotLiteral();
    return asInt(BigInt(digits.replaceAll('_', '')));
  }

  /** Adjacent string literals, joined; undefined when there is none. */
  #string(): Value | undefined {
    let joined: string | undefined;
    for (;;) {
      this.#peek();
      const open = this.#take(/(?:[bB][rR]?|[rR][bB]?|[uU])?(?:"""|'''|"|')/);
      if (open === undefined) return joined === undefined ? undefined : asTemplate(joined);
      const quote = open.replace(/^\w+/, '');
      const isRaw = /^\w*[rR]/.test(open);
      joined = (joined ?? '') + this.#untilQuote(quote, isRaw);
    }
  }

  #untilQuote(quote: string, isRaw: boolean): string {
    const start = this.#at;
    for (let at = start; at < this.#text.length; at += 1) {
      const char = this.#text[at];
      if (char === '\\') at += 1;
      else if (char === '\n' && quote.length === 1) break;
      else if (this.#text.startsWith(quote, at)) {
        this.#at = at + quote.length;
        const body = this.#text.slice(start, at);
        return isRaw ? body : unescaped(body);
      }
    }
    throw new NotLiteral();
  }
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unescaped(body: string): string {
  return body.replace(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.|\n))/gs,
    (whole, octal?: string, x?: string, u?: string, long?: string, other?: string) => {
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      const hex = x ?? u ?? long;
      if (hex !== undefined) return fromHex(hex);
      if (other === 'x' || other === 'u' || other === 'U' || other === 'N') throw new NotLiteral();
      return simpleEscapes[other ?? ''] ?? whole;
    },
  );
}

function fromHex(hex: string): string {
  const code = Number.parseInt(hex, 16);
  if (code > 0x10ffff) throw new NotLiteral();
  return String.fromCodePoint(code);
}

function asInt(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
}

/** A value as a key: Python refuses lists, dicts and sets, and keys are no templates. */
function hashable(value: Value): Value {
  if (Array.isArray(value) || value instanceof Map || value instanceof PySet) throw new NotLiteral();
  if (value instanceof PyTuple) return dictKey(new PyTuple(value.items.map(hashable)));
  return value instanceof Template ? value.source : dictKey(value);
}
