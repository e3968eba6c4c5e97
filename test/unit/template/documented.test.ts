/** Filters and tests whose Python libraries are installed nowhere here: expectations are written by hand, from their documentation. */

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluateRaw, makeCaseEnvironment, toCaseJson } from './filter-cases.ts';

const env = makeCaseEnvironment('/play', new Map());

function outcome(expression: string): unknown {
  return toCaseJson(evaluateRaw(expression, env), '/play');
}

describe('hashids, by the examples of its documentation', () => {
  test.each([
    ['[1, 2, 3] | community.general.hashids_encode', 'o2fXhV'],
    ["[1, 2, 3] | community.general.hashids_encode(salt='this is my salt')", 'laHquq'],
    ["12345 | community.general.hashids_encode('this is my salt')", 'NkK9'],
    ["[683, 94108, 123, 5] | community.general.hashids_encode('this is my salt')", 'aBMswoO2UB3Sj'],
    ["1 | community.general.hashids_encode('this is my salt', min_length=8)", 'gB0NV05e'],
    ["1234567 | community.general.hashids_encode('this is my salt', '0123456789abcdef')", 'b332db5'],
    ["[5, 5, 5, 5] | community.general.hashids_encode('this is my salt')", '1Wc8cwcE'],
    ['[] | community.general.hashids_encode', ''],
    ['[1, -1] | community.general.hashids_encode', ''],
    ["'text' | community.general.hashids_encode", ''],
    ['1 | community.general.hashids_encode(min_length=20) | length', 20],
  ])('%s', (expression, expected) => {
    expect(outcome(expression)).toEqual({ value: expected });
  });

  test.each([
    ["'laHquq' | community.general.hashids_decode('this is my salt')", [1, 2, 3]],
    ["'NkK9' | community.general.hashids_decode('this is my salt')", [12345]],
    ["'NkK9' | community.general.hashids_decode('this is my pepper')", []],
    ["'gB0NV05e' | community.general.hashids_decode('this is my salt', min_length=8)", [1]],
    ["'' | community.general.hashids_decode", []],
    ["'!' | community.general.hashids_decode", []],
    [
      '[1, 2, 3] | community.general.hashids_encode(min_length=30) | community.general.hashids_decode(min_length=30)',
      [1, 2, 3],
    ],
  ])('%s', (expression, expected) => {
    expect(outcome(expression)).toEqual({ value: expected });
  });

  test.each([
    [
      "1 | community.general.hashids_encode(alphabet='abc')",
      'Alphabet must contain at least 16 unique characters.',
    ],
    [
      '1 | community.general.hashids_encode(salt=10)',
      'The salt and the alphabet of hashids must be texts, and not 10',
    ],
  ])('%s is an error', (expression, message) => {
    expect(outcome(expression)).toMatchObject({ error: { message } });
  });
});

describe('parse_cli_textfsm', () => {
  const cases = join(import.meta.dirname, '../../cases/filters');
  const here = makeCaseEnvironment(cases, new Map());
  const parse = (text: string, template: string): unknown =>
    toCaseJson(evaluateRaw(`${text} | ansible.netcommon.parse_cli_textfsm(${template})`, here), cases);

  test('gives a dict for each row', () => {
    const template = "q('fileglob', 'parse/table.textfsm') | first";
    const row = (name: string, state: string): unknown => ({
      dict: [
        ['NAME', name],
        ['STATE', state],
      ],
    });
    expect(parse("'eth0 is up\\neth1 is down'", template)).toEqual({
      value: [row('eth0', 'up'), row('eth1', 'down')],
    });
    expect(parse('5', template)).toMatchObject({
      error: {
        message: "parse_cli_textfsm input should be a string, but was given a input of <class 'int'>",
      },
    });
  });

  test('needs its template', () => {
    expect(parse("'x'", "'/nowhere'")).toMatchObject({
      error: { message: 'unable to locate parse_cli_textfsm template: /nowhere' },
    });
  });
});

describe('to_prettytable', () => {
  const people = "[{'name': 'Al', 'age': 25}, {'name': 'Barbara', 'age': none}]";

  test.each([
    [
      `${people} | community.general.to_prettytable`,
      [
        '+---------+------+',
        '|   name  | age  |',
        '+---------+------+',
        '|    Al   |  25  |',
        '| Barbara | None |',
        '+---------+------+',
      ],
    ],
    [
      `${people} | community.general.to_prettytable('age', 'name')`,
      [
        '+------+---------+',
        '| age  |   name  |',
        '+------+---------+',
        '|  25  |    Al   |',
        '| None | Barbara |',
        '+------+---------+',
      ],
    ],
    [
      `${people} | community.general.to_prettytable(header_names=['Who', 'Years'], column_alignments={'Who': 'left', 'Years': 'R'})`,
      [
        '+---------+-------+',
        '| Who     | Years |',
        '+---------+-------+',
        '| Al      |    25 |',
        '| Barbara |  None |',
        '+---------+-------+',
      ],
    ],
    [`[] | community.general.to_prettytable`, ['++', '++']],
    [`[] | community.general.to_prettytable('a')`, ['+---+', '| a |', '+---+', '+---+']],
    [
      `[{'a': 'x\\ny'}] | community.general.to_prettytable`,
      ['+---+', '| a |', '+---+', '| x |', '| y |', '+---+'],
    ],
  ])('%s', (expression, lines) => {
    expect(outcome(expression)).toEqual({ value: lines.join('\n') });
  });

  test.each([
    ['5 | community.general.to_prettytable', 'Expected a list of dictionaries, got a int'],
    [`${people} | community.general.to_prettytable(5)`, 'Expected a string for column name, got a int'],
    [
      `${people} | community.general.to_prettytable('a', 'b', 'c')`,
      "'column_order' has more elements (3) than available fields in data (2)",
    ],
    [
      `${people} | community.general.to_prettytable(x=1)`,
      'Unknown parameter(s) for to_prettytable filter: x',
    ],
  ])('%s is an error', (expression, message) => {
    expect(outcome(expression)).toMatchObject({ error: { message } });
  });
});

describe('patches of JSON', () => {
  const data = "{'a': 1, 'b': {'c': 2}, 'd': [1, 2, 3]}";

  test.each([
    ["'add', '/e', 5", { a: 1, b: { c: 2 }, d: [1, 2, 3], e: 5 }],
    ["'add', '/d/1', 9", { a: 1, b: { c: 2 }, d: [1, 9, 2, 3] }],
    ["'add', '/d/-', 9", { a: 1, b: { c: 2 }, d: [1, 2, 3, 9] }],
    ["'add', '/x~0~1y', 9", { a: 1, b: { c: 2 }, d: [1, 2, 3], 'x~/y': 9 }],
    ["'remove', '/b/c'", { a: 1, b: {}, d: [1, 2, 3] }],
    ["'remove', '/d/0'", { a: 1, b: { c: 2 }, d: [2, 3] }],
    ["'replace', '/b', 'x'", { a: 1, b: 'x', d: [1, 2, 3] }],
    ["'copy', '/e', **{'from': '/b'}", { a: 1, b: { c: 2 }, d: [1, 2, 3], e: { c: 2 } }],
    ["'move', '/d/0', **{'from': '/a'}", { b: { c: 2 }, d: [1, 1, 2, 3] }],
    ["'test', '/b/c', 2", { a: 1, b: { c: 2 }, d: [1, 2, 3] }],
    ["'test', '/b/c', 3", null],
    ["'test', '/nothing', 3", null],
  ])('json_patch(%s)', (args, expected) => {
    const patched = outcome(`${data} | community.general.json_patch(${args}) | to_json(sort_keys=true)`);
    expect(patched).toEqual(outcome(`'${JSON.stringify(expected)}' | from_json | to_json(sort_keys=true)`));
  });

  test('are applied one after the other', () => {
    const recipe =
      "[{'op': 'add', 'path': '/e', 'value': []}, {'op': 'add', 'path': '/e/-', 'value': 1}, {'op': 'remove', 'path': '/d'}]";
    expect(
      outcome(`${data} | community.general.json_patch_recipe(${recipe}) | to_json(sort_keys=true)`),
    ).toEqual({
      value: '{"a": 1, "b": {"c": 2}, "e": [1]}',
    });
  });

  test.each([
    ["'remove', '/e'", "json_patch: patch failed: can't remove a non-existent object 'e'"],
    ["'replace', '/e', 1", "json_patch: patch failed: can't replace a non-existent object 'e'"],
    ["'add', '/d/9', 1", "json_patch: patch failed: can't insert outside of list"],
    ["'invalid', '/a', 1", "json_patch: unsupported 'op' argument: invalid"],
    ["'copy', '/a', 1", "json_patch: 'from' argument missing for 'copy' operation"],
    ["'add', '/a', 1, invalid=True", 'json_patch: unexpected keywords arguments: invalid'],
  ])('json_patch(%s) is an error', (args, message) => {
    expect(outcome(`${data} | community.general.json_patch(${args})`)).toMatchObject({ error: { message } });
  });

  test('are found, and lead from one to the other', () => {
    const after = "{'a': 1, 'b': {'c': 3}, 'd': [1, 3], 'f/g': [{}]}";
    const patched = `${data} | community.general.json_patch_recipe(${data} | community.general.json_diff(${after}))`;
    expect(outcome(`(${patched}) == ${after}`)).toEqual({ value: true });
    expect(outcome(`${data} | community.general.json_diff(${after}) | to_json`)).toEqual({
      value:
        '[{"op": "replace", "path": "/b/c", "value": 3}, {"op": "remove", "path": "/d/1"}, {"op": "add", "path": "/f~1g", "value": [{}]}]',
    });
  });
});

describe('fqdn_valid', () => {
  test.each([
    ["'srv.example.com' is community.general.fqdn_valid", true],
    ["'srv.example.com.' is community.general.fqdn_valid(min_labels=3)", true],
    ["'srv.example.com' is community.general.fqdn_valid(4)", false],
    ["'srv' is community.general.fqdn_valid", true],
    ["'srv' is community.general.fqdn_valid(min_labels=2)", false],
    ["'9rv' is community.general.fqdn_valid", true],
    ["'-rv.example.com' is community.general.fqdn_valid", false],
    ["'rv-.example.com' is community.general.fqdn_valid", false],
    ["'foo_bar.example.com' is community.general.fqdn_valid", false],
    ["'foo_bar.example.com' is community.general.fqdn_valid(allow_underscores=True)", true],
    ["'a..b' is community.general.fqdn_valid", false],
    [`'${'a'.repeat(64)}.b' is community.general.fqdn_valid`, false],
    [`'${'a.'.repeat(127)}b' is community.general.fqdn_valid`, false],
  ])('%s', (expression, expected) => {
    expect(outcome(expression)).toEqual({ value: expected });
  });
});

describe('what is known and not there', () => {
  test('says what it needs when it is called', () => {
    expect(outcome("'x' | community.general.jc('date')")).toEqual({
      error: {
        type: 'AnsibleFilterError',
        message: 'The filter community.general.jc is not supported: it needs the Python library jc',
      },
    });
    expect(outcome("lookup('dig', 'example.com')")).toMatchObject({
      error: {
        message: 'The lookup community.general.dig is not supported: it needs the Python library dnspython',
      },
    });
  });

  test('gives nothing where errors are to be ignored', () => {
    expect(outcome("query('community.general.passwordstore', 'x', errors='ignore')")).toEqual({ value: [] });
  });
});
