/** Regular expressions that backtrack without end stop; those that people write are not slowed down. */

import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

/** Bounds that are reached sooner: what stops at a small one stops at the real one. */
function withLimits(smaller: Partial<Record<keyof typeof limits, number>>): void {
  const real = { ...limits };
  beforeAll(() => {
    Object.assign(limits, smaller);
  });
  afterAll(() => {
    Object.assign(limits, real);
  });
}

test('a regular expression stops after its time', { timeout: 60_000 }, () => {
  const started = performance.now();
  expect(() => render("{{ text | regex_search('(a+)+$') }}", long)).toThrow(
    'a regular expression takes longer than 2 s',
  );
  // The deadline and a busy machine's leave to be late.
  expect(performance.now() - started).toBeLessThan(limits.templateRegexMs * 5);
});

describe('stops within the time of one regular expression', { timeout: 60_000 }, () => {
  withLimits({ templateRegexMs: 100 });
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
    expect(() => render(template, long)).toThrow('a regular expression takes longer than 0.1 s');
  });

  test('after one was stopped, the next works', () => {
    expect(() => render("{{ text | regex_search('(a+)+$') }}", long)).toThrow('takes longer');
    expect(render("{{ 'xaab' | regex_search('(a+)+b$') }}")).toBe('aab');
  });
});

describe('the time of all regular expressions of a render', { timeout: 60_000 }, () => {
  withLimits({ templateStepsMax: 1_000_000 });
  test('counts together', () => {
    const template = "{% for n in range(1000) %}{{ text | regex_search('(.*)(.*)x') }}{% endfor %}";
    expect(() => render(template, { text: 'a'.repeat(150) })).toThrow('too many steps');
  });
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
  for (let number = 0; number < 300; number++)
    render(`{{ ${number} ${'+ n '.repeat(500)}}}${'x'.repeat(30_000)}`, { n: 1 });
  // 300 such texts are twice what is kept.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(300 * 1024 * 1024);
});

describe('one value in very many places is an error, and not a text without end', {
  timeout: 120_000,
}, () => {
  withLimits({ templateStepsMax: 1_000_000 });
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
    "{{ [1] | json_query('[@,@]' ~ ' | [@,@]' * 40 ~ ' | to_string(@)') }}",
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

/** What a function's process has, in MB: 512, of which the objects may take 460. */
const FUNCTION_HEAP_MB = 460;

/** How a process with the memory of a function ends that renders each of the templates, one after the other. */
async function renderInFunction(templates: readonly string[]): Promise<{ lines: string[]; errors: string }> {
  const program = new URL('template-hostile-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [`--max-old-space-size=${FUNCTION_HEAP_MB}`, program]);
  let output = '';
  let errors = '';
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    errors += piece.toString();
  });
  child.stdin.end(JSON.stringify(templates));
  await new Promise((resolve) => child.on('close', resolve));
  return { lines: output.split('\n').filter((line) => line !== ''), errors };
}

test('what would use up the memory of a function or hold it up is an error of the template', {
  timeout: 300_000,
}, async () => {
  const loop = (work: string): string =>
    `{% set l = [] %}{% for i in range(10 ** 6) %}{% do l.append(${work}) %}{% endfor %}`;
  const grown = (start: string, work: string): string =>
    `{% set ns = namespace(x=${start}) %}{% for i in range(60) %}{% set ns.x = ${work} %}{% endfor %}`;
  const templates = [
    loop("('x' * 10 ** 6) | upper"),
    loop('range(10 ** 6) | list'),
    loop("('x' * 10 ** 5 ~ i).encode()"),
    loop("{'a': [i], 'b': {}} | combine({'c': i})"),
    loop('(7 ** 300000) + i'),
    loop("'x' | center(10 ** 6)"),
    "{% set l = [] %}{% for i in range(10 ** 6) %}{% set x %}{{ 'a' * 30000 }}{{ i }}{% endset %}{% do l.append(x) %}{% endfor %}",
    grown('(1,)', 'ns.x + ns.x'),
    grown("'a'", "ns.x | replace('a', 'aa')"),
    grown('[1]', '[ns.x, ns.x] | string'),
    "{{ ('😀' * 10 ** 7) | reverse }}",
    "{{ ('é' * 10 ** 7).encode('ascii', 'xmlcharrefreplace') }}",
    '{{ range(10 ** 7) | sort }}',
    "{{ ('a' * 3 * 10 ** 6) | batch(1) | list }}",
    "{{ ('a' * 3 * 10 ** 7) | list }}",
    "{{ 'x'.encode() * (6 * 10 ** 9) }}",
    '{{ range(10 ** 5) | permutations | first }}',
    '{{ [1, 2] | product(repeat=6 * 10 ** 7) }}',
    "{{ ('a' * 30000) | regex_findall('(' * 1000 ~ ')' * 1000) }}",
    "{{ ('a' * 30000) | regex_findall('|' * 10 ** 5) }}",
    "{{ [1] | json_query('[@,@]' ~ ' | [@,@][][]' * 60) }}",
    "{{ ('1-' ~ 10 ** 9) | ansible.netcommon.vlan_expander }}",
    "{{ lookup('password', '/dev/null', length=10 ** 9) }}",
    "{{ lookup('community.general.random_string', length=10 ** 9) }}",
    '{{ [1] | community.general.hashids_encode(min_length=10 ** 7) }}',
    "{{ ('a' * 5000) | password_hash('sha512') }}",
    "{{ 'a' | password_hash('sha512', rounds=10 ** 8) }}",
    "{{ '1' | to_datetime('%' * 10 ** 5) }}",
    "{{ ('9' * 10 ** 7) | int }}",
    `{% macro m() %}{{ caller() }}{% endmacro %}${'{% call m() %}'.repeat(2000)}`,
  ];
  const { lines, errors } = await renderInFunction(templates);
  expect(errors).toBe('');
  expect(lines).toHaveLength(templates.length);
  for (const [index, line] of lines.entries())
    expect([templates[index], line]).toEqual([templates[index], 'error']);
});

test('long lines, large numbers and lists that grow are no error', { timeout: 60_000 }, async () => {
  const { lines, errors } = await renderInFunction([
    `{{ 'a'${"| replace('a', 'b')".repeat(400)} }}${'{{ 1 }}'.repeat(50_000)}`,
    '{% set l = [] %}{% for i in range(20000) %}{% do l.append(i) %}{{ l | length }}{% endfor %}',
    '{{ (10 ** 9) | round(-(10 ** 9)) }}',
    "{{ 'x'.encode().center(10 ** 7) | length }}",
    "{{ ('a' * 10 ** 7) | upper | length }}",
    "{{ (('$' ~ '{') * 10 ** 5) | expandvars | length }}",
  ]);
  expect([errors, lines]).toEqual(['', new Array(6).fill('value')]);
});
