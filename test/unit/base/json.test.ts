/** JSON must be read and written as Python's json module did when test/record/json_cases.py ran. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  formatCompactJson,
  formatJson,
  JsonError,
  type JsonOptions,
  parseJson,
} from '../../../shared/base/json.ts';
import { dict, PyFloat, type Special, type Value } from '../../../shared/base/value.ts';

type Options = {
  readonly indent?: number;
  readonly sort_keys?: boolean;
  readonly ensure_ascii?: boolean;
  readonly separators?: [string, string];
};
type Answer = { readonly text?: string; readonly error?: string };

const directory = new URL('../../cases/json/', import.meta.url);
const suite: { texts: string[]; options: Options[] } = readCases('cases.json');
const answers: Answer[][] = readCases('cases.expected.json');

function readCases<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(name, directory), 'utf8'));
}

function toOptions({ indent, sort_keys, ensure_ascii, separators }: Options): JsonOptions {
  return {
    ...(indent === undefined ? {} : { indent }),
    ...(sort_keys === undefined ? {} : { sortKeys: sort_keys }),
    ...(ensure_ascii === undefined ? {} : { ensureAscii: ensure_ascii }),
    ...(separators === undefined ? {} : { separators }),
  };
}

function answer(text: string, options: Options): Answer {
  try {
    return { text: formatJson(parseJson(text), toOptions(options)) };
  } catch (error) {
    if (error instanceof JsonError) return { error: error.message };
    throw error;
  }
}

describe('as Python reads and writes', () => {
  suite.texts.forEach((text, index) => {
    test(JSON.stringify(text), () => {
      expect(suite.options.map((options) => answer(text, options))).toEqual(answers[index]);
    });
  });
});

test('ints and floats stay apart and exact', () => {
  expect(parseJson('[1, 1.0, 12345678901234567890]')).toEqual([1, new PyFloat(1), 12345678901234567890n]);
});

test('keys that are no strings are written as Python does', () => {
  const map = dict([
    [1, 'a'],
    [true, 'b'],
    [null, 'c'],
    [new PyFloat(1.5), 'd'],
  ]);
  expect(formatJson(map)).toBe('{"1": "a", "true": "b", "null": "c", "1.5": "d"}');
});

test('specials go through the hook, and are refused without one', () => {
  const tuple: Special = { special: 'tuple' };
  expect(formatCompactJson([tuple], () => [1, 2])).toBe('[[1,2]]');
  expect(() => formatJson(tuple)).toThrow('Object of type tuple is not JSON serializable');
});

test('a value that holds itself is refused', () => {
  const list: Value[] = [];
  list.push(list);
  expect(() => formatJson(list)).toThrow('Circular reference detected');
});

test('nesting without end is refused', () => {
  expect(() => parseJson('['.repeat(100_000))).toThrow('Nested too deeply');
});
