/** JSON as Python's `json` reads it, with positions: files that are JSON are never read as YAML. */

import type { Position } from '../base/diagnostic.ts';
import { isDict, PyFloat, type Value } from '../base/value.ts';
import { asTemplate, Vaulted } from '../template/python/special.ts';
import { positionFinder } from './text-position.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';

const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const WORDS: readonly (readonly [string, Value])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', new PyFloat(Number.NaN)],
  ['Infinity', new PyFloat(Number.POSITIVE_INFINITY)],
  ['-Infinity', new PyFloat(Number.NEGATIVE_INFINITY)],
];

type Reader = { readonly text: string; at: number; readonly position: (offset: number) => Position };

class NotJson extends Error {}

/** The tree of `text`, or undefined when it is not JSON. */
export function parseJsonTree(text: string, file: string): YamlNode | undefined {
  if (!/^[ \t\n\r]*["{[]/.test(text)) return undefined;
  const reader: Reader = { text, at: 0, position: positionFinder(text, file) };
  try {
    const node = readNode(reader);
    skipSpace(reader);
    return reader.at === text.length ? node : undefined;
  } catch (error) {
    if (error instanceof NotJson || error instanceof SyntaxError || error instanceof RangeError)
      return undefined;
    throw error;
  }
}

function readNode(reader: Reader): YamlNode {
  skipSpace(reader);
  const position = reader.position(reader.at);
  if (take(reader, '{')) return readDict(reader, position);
  if (take(reader, '[')) return readList(reader, position);
  if (reader.text[reader.at] === '"') {
    return { kind: 'scalar', value: asTemplate(readString(reader), position), position };
  }
  return { kind: 'scalar', value: readAtom(reader), position };
}

function readDict(reader: Reader, position: Position): YamlNode {
  const entries = new Map<Value, YamlEntry>();
  skipSpace(reader);
  if (!take(reader, '}')) {
    do {
      skipSpace(reader);
      const key = reader.position(reader.at);
      const name = readString(reader);
      skipSpace(reader);
      expect(reader, ':');
      entries.set(name, { key, node: readNode(reader) });
      skipSpace(reader);
    } while (take(reader, ','));
    expect(reader, '}');
  }
  const value = new Map([...entries].map(([name, entry]) => [name, entry.node.value]));
  return ansibleObject(value, position) ?? { kind: 'dict', entries, value, position };
}

/** The two objects by which Ansible's own JSON carries vaulted and unsafe strings. */
function ansibleObject(value: Map<Value, Value>, position: Position): YamlNode | undefined {
  const vault = plainText(value.get('__ansible_vault'));
  if (vault !== undefined) return { kind: 'scalar', value: new Vaulted(vault, position), position };
  const unsafe = plainText(value.get('__ansible_unsafe'));
  return unsafe === undefined ? undefined : { kind: 'scalar', value: unsafe, position };
}

function plainText(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  const isTemplate = typeof value === 'object' && value !== null && 'source' in value && !isDict(value);
  return isTemplate && typeof value.source === 'string' ? value.source : undefined;
}

function readList(reader: Reader, position: Position): YamlNode {
  const items: YamlNode[] = [];
  skipSpace(reader);
  if (!take(reader, ']')) {
    do {
      items.push(readNode(reader));
      skipSpace(reader);
    } while (take(reader, ','));
    expect(reader, ']');
  }
  return { kind: 'list', items, value: items.map((item) => item.value), position };
}

function readString(reader: Reader): string {
  const source = match(reader, STRING)?.[0];
  if (source === undefined) throw new NotJson();
  const text: unknown = JSON.parse(source);
  if (typeof text !== 'string') throw new NotJson();
  return text;
}

function readAtom(reader: Reader): Value {
  for (const [word, value] of WORDS) {
    if (take(reader, word)) return value;
  }
  const number = match(reader, NUMBER);
  if (number === undefined) throw new NotJson();
  const [text, fraction, exponent] = number;
  if (fraction !== undefined || exponent !== undefined) return new PyFloat(Number(text));
  const int = BigInt(text);
  return int >= Number.MIN_SAFE_INTEGER && int <= Number.MAX_SAFE_INTEGER ? Number(int) : int;
}

function match(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text);
  if (found === null) return undefined;
  reader.at += found[0].length;
  return found;
}

function skipSpace(reader: Reader): void {
  match(reader, WHITESPACE);
}

function take(reader: Reader, word: string): boolean {
  if (!reader.text.startsWith(word, reader.at)) return false;
  reader.at += word.length;
  return true;
}

function expect(reader: Reader, word: string): void {
  if (!take(reader, word)) throw new NotJson();
}
