/** Filters, tests and lookups against what Ansible's own engine gave for the same expressions. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isDict, type Value } from '../../../shared/base/value.ts';
import { builtins } from '../../../shared/template/builtins.ts';
import { loadJson } from '../../../shared/template/formats/json.ts';
import { evaluateRaw, makeCaseEnvironment, toCaseJson } from './filter-cases.ts';

const CASES = join(import.meta.dirname, '../../cases/filters');

type Case = {
  readonly expression: string;
  readonly value?: unknown;
  readonly error?: { readonly type: string; readonly message: string };
};

function readCases(name: string): readonly Case[] {
  return JSON.parse(readFileSync(join(CASES, name), 'utf8'));
}

function readVariables(): ReadonlyMap<string, Value> {
  const variables = loadJson(readFileSync(join(CASES, 'variables.json'), 'utf8'));
  return new Map(isDict(variables) ? [...variables].map(([name, value]) => [String(name), value]) : []);
}

const groups = readdirSync(CASES).filter((name) => name.endsWith('.txt'));

describe.each(groups.map((name) => name.replace(/\.txt$/, '')))('%s', (group) => {
  const env = makeCaseEnvironment(CASES, readVariables());
  const cases = readCases(`${group}.json`);
  const expressions = readFileSync(join(CASES, `${group}.txt`), 'utf8')
    .split('\n')
    .slice(0, -1);

  test('is recorded whole', () => {
    expect(cases.map(({ expression }) => expression)).toEqual(expressions);
  });

  test.each(cases)('$expression', ({ expression, ...recorded }) => {
    expect(toCaseJson(evaluateRaw(expression, env), CASES)).toEqual(recorded);
  });
});

describe('names', () => {
  const readNames = (file: string): Record<string, readonly string[]> =>
    JSON.parse(readFileSync(join(CASES, file), 'utf8'));
  const names = readNames('names.json');
  const tables: Record<string, ReadonlyMap<string, unknown>> = { ...builtins };

  test.each(Object.keys(tables))('all of Ansible’s %s are there', (kind) => {
    const table = tables[kind];
    const wanted = names[kind] ?? [];
    expect(wanted.filter((name) => table?.has(name) !== true)).toEqual([]);
    expect(
      wanted.filter((name) => /^\w+$/.test(name) && table?.has(`ansible.builtin.${name}`) !== true),
    ).toEqual([]);
  });

  // The newer names are those of community.general 13.4, ansible.utils 6.0 and ansible.netcommon 8.6.
  test.each(Object.keys(tables))('all %s of the collections are there, or say what they need', (kind) => {
    const files = ['collection-names.json', 'newer-names.json'];
    const wanted = files.flatMap((file) => readNames(file)[kind] ?? []);
    expect(wanted).not.toEqual([]);
    expect(wanted.filter((name) => tables[kind]?.has(name) !== true)).toEqual([]);
  });
});
