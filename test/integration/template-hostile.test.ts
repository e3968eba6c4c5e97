/** Regular expressions that backtrack without end stop; those that people write are not slowed down. */

import { describe, expect, test } from 'vitest';
import { limits } from '../../shared/base/limits.ts';
import type { Value } from '../../shared/base/value.ts';
import { regexDegree } from '../../shared/template/python/regex-cost.ts';
import { asTemplate } from '../../shared/template/python/special.ts';
import { renderValue } from '../../shared/template/render.ts';
import { makeEnvironment } from '../unit/template/recorded-cases.ts';

function render(template: string, data: Record<string, unknown> = {}): Value {
  return renderValue(asTemplate(template), makeEnvironment(data, {}, false));
}

const long = { text: `${'a'.repeat(5000)}!` };

describe('stops within the time of one regular expression', { timeout: 60_000 }, () => {
  test.each([
    "{{ text | regex_search('(a+)+$') }}",
    "{{ text | regex_search('(a|a)*$') }}",
    "{{ text | regex_search('(a|aa)+$') }}",
    "{{ text | regex_search('^(([a-z])+.)+[A-Z]([a-z])+$') }}",
    "{{ text | regex_search('(.*)(.*)(.*)(.*)(.*)x') }}",
    "{{ text | regex_replace('(a*)*b', 'x') }}",
    "{{ text | regex_findall('(a*)*b') }}",
    "{{ text is match('(a+)+$') }}",
    "{{ text is regex('(a?){60}b') }}",
    "{{ [text] | select('search', '(?:a|a?)+$') | list }}",
    "{{ [text] | map('regex_search', '(x+x+)+y|(a+a+)+y') | list }}",
    "{{ text | regex_search('(?=(a+)+$)') }}",
  ])('%s', (template) => {
    const started = performance.now();
    expect(() => render(template, long)).toThrow('a regular expression takes longer than 2 s');
    // The deadline and a busy machine's leave to be late.
    expect(performance.now() - started).toBeLessThan(limits.templateRegexMs * 5);
  });
});

test('the time of all regular expressions of a render counts together', { timeout: 60_000 }, () => {
  const template = "{% for n in range(1000) %}{{ text | regex_search('(.*)(.*)x') }}{% endfor %}";
  expect(() => render(template, { text: 'a'.repeat(1500) })).toThrow(/too many steps|takes longer/);
});

test('after one was stopped, the next works', { timeout: 60_000 }, () => {
  expect(() => render("{{ text | regex_search('(a+)+$') }}", long)).toThrow('takes longer');
  expect(render("{{ 'xaab' | regex_search('(a+)+b$') }}")).toBe('aab');
});

test.each([
  ['abc', 1],
  ['[a-z]+', 2],
  ['^\\d+\\.\\d+$', 3],
  ['(?:ab)*c', 2],
  ['a{3}b{2,3}', 1],
  ['[(+*]\\(\\+', 1],
  ['(a+)b', 2],
  ['(a+)+', Number.POSITIVE_INFINITY],
  ['(a|b)*', Number.POSITIVE_INFINITY],
  ['(a?){9}', Number.POSITIVE_INFINITY],
  ['((ab)*c)*', Number.POSITIVE_INFINITY],
])('%s grows with the power %d', (source, degree) => {
  expect(regexDegree(source)).toBe(degree);
});

test('a pattern too large for JavaScript is an error of the pattern', () => {
  expect(() => render("{{ 'a' | regex_search('(?:a{0,1000}){0,1000}{0,9}') }}")).toThrow();
  expect(() => render("{{ 'a' | regex_search('(' * 50000) }}")).toThrow();
});

test.each([
  "{{ ('{0' ~ '[a]' * 40 ~ '!xx}').format(1) }}",
  "{{ ('%(' ~ '(' * 5000) % 1 }}",
  "{{ ('[' * 50000) | from_json }}",
  "{{ ('[' * 50000) | from_yaml }}",
  "{{ ('<' * 50000) | striptags }}",
  "{{ (' ' * 50000 ~ 'x') | trim | wordwrap(3) | length }}",
  "{{ ('http://' * 5000) | urlize | length }}",
  "{{ ('a.' * 5000) is version('1') }}",
  "{{ ('1' * 100000) | int }}",
  '{{ 9 ** 9 ** 9 }}',
  '{{ 1.5 ** 99999 }}',
  "{{ ('x' * 100000) | human_to_bytes }}",
  "{{ ('a,' * 50000) | split(',') | length }}",
  '{{ ((((((((((((((((((((((((((((((((((((((((1)))))))))))))))))))))))))))))))))))))))) }}',
])('%s ends soon', { timeout: 30_000 }, (template) => {
  const started = performance.now();
  try {
    render(template);
  } catch (error) {
    expect(error).toHaveProperty('pythonType');
  }
  expect(performance.now() - started).toBeLessThan(10_000);
});

test.each([
  '('.repeat(20_000),
  '['.repeat(20_000),
  '-'.repeat(100_000),
  'not '.repeat(20_000),
  '{'.repeat(20_000),
])('a deeply nested expression is an error of the template', (nested) => {
  expect(() => render(`{{ ${nested}1 }}`)).toThrow(
    expect.objectContaining({ pythonType: expect.any(String) }),
  );
});

test('a long chain of inline ifs is compiled once, and not once for each of its links', {
  timeout: 60_000,
}, () => {
  const started = performance.now();
  expect(render(`{{ 1${' if n'.repeat(500)} }}`, { n: true })).toBe('1');
  expect(failureOf(`{{ 1${' if n'.repeat(50_000)} }}`)).toHaveProperty('pythonType');
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('what compiled templates take of memory is bounded by the length of their texts', {
  timeout: 120_000,
}, () => {
  const before = process.memoryUsage().heapUsed;
  for (let number = 0; number < 600; number++)
    render(`{{ ${number} ${'+ n '.repeat(500)}}}${'x'.repeat(30_000)}`, { n: 1 });
  // 600 such texts are four times what is kept.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(400 * 1024 * 1024);
});

describe('one value in very many places is an error, and not a text without end', {
  timeout: 120_000,
}, () => {
  const doubled = (make: string): string =>
    `{% set ns = namespace(x=[1]) %}{% for i in range(40) %}{% set ns.x = ${make} %}{% endfor %}`;
  test.each([
    `${doubled('[ns.x, ns.x]')}{{ ns.x | string }}`,
    `${doubled('[ns.x, ns.x]')}{{ ns.x | to_json }}`,
    `${doubled('[ns.x, ns.x]')}{{ ns.x | flatten }}`,
    `${doubled('[ns.x, ns.x]')}{{ ns.x }}`,
    `${doubled("{'a': ns.x, 'b': ns.x}")}{{ ns.x | ansible.utils.to_paths }}`,
    `${doubled("{'a': ns.x, 'b': ns.x}")}{{ ns.x | combine(ns.x, recursive=true) | string }}`,
    `${doubled('[ns.x, ns.x]')}{{ lookup('list', ns.x) }}`,
  ])('%s', (template) => {
    expect(failureOf(template)).toHaveProperty('kind', 'limit');
  });
});

describe('what would take all memory or time is refused, or done in time that grows with the text', {
  timeout: 60_000,
}, () => {
  test.each([
    "{{ [1] | batch(10 ** 9, 'x') }}",
    '{{ [[1]] | to_json(indent=10 ** 8) }}',
    '{{ range(3000) | product(range(3000)) | list }}',
    "{{ 'a'.ljust(10 ** 9) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ ('a' * 10 ** 6).replace('a', 'b' * 10 ** 6) }}",
    '{{ 10 ** 1000000000 }}',
  ])('%s', (template) => {
    expect(failureOf(template)).toHaveProperty('pythonType');
  });

  test.each([
    ["{{ ('<' * 10 ** 6) | striptags | length }}", 1_000_000],
    ["{{ ('<!--' * 10 ** 5) | striptags | length }}", 400_000],
    ["{{ ('a' * 10 ** 6) | wordwrap(10) | length }}", 1_099_999],
  ])('%s', (template, expected) => {
    expect(render(template)).toBe(String(expected));
  });
});

test.each([
  "{{ 'a' | hash('constructor') }}",
  "{{ 'a' | hash('__proto__') }}",
  "{{ 'a' | b64encode('constructor') }}",
  "{{ 'a'.encode('toString') }}",
  "{{ '5 constructor' | community.general.to_seconds }}",
  '{{ d.constructor }}',
  "{{ d | attr('__proto__') }}",
  "{{ '{0.constructor}'.format(d) }}",
  "{{ [d] | map(attribute='constructor') | list }}",
  "{{ [d] | groupby('__proto__') }}",
  "{{ lookup('constructor') }}",
  '{{ d is constructor }}',
])('%s reaches nothing of JavaScript', (template) => {
  const failure = failureOf(template);
  expect(failure).toHaveProperty('pythonType');
  expect(String(failure)).not.toMatch(/native code|\[object/);
});

function failureOf(template: string): unknown {
  try {
    return render(template, { n: true, d: { a: 1 } });
  } catch (error) {
    return error;
  }
}
