/** What recorded cases cannot show: values that are not there yet, bounds, and what no template may reach. */

import { describe, expect, test } from 'vitest';
import type { Value } from '../../../shared/base/value.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { repr } from '../../../shared/template/python/repr.ts';
import {
  asTemplate,
  LazyDict,
  omit,
  Pending,
  Undefined,
  Vaulted,
} from '../../../shared/template/python/special.ts';
import {
  isConditionTrue,
  renderExpression,
  renderFile,
  renderValue,
} from '../../../shared/template/render.ts';
import { Suspension, TemplateError } from '../../../shared/template/template-error.ts';
import { makeEnvironment } from './recorded-cases.ts';

function withVariables(entries: Record<string, Value>): Environment {
  const base = makeEnvironment({}, {}, false);
  const variables = new Map(Object.entries(entries));
  return {
    ...base,
    scope: {
      resolve: (name) => variables.get(name),
      raw: (name) => variables.get(name),
      names: () => variables.keys(),
    },
  };
}

function render(template: string, entries: Record<string, Value> = {}): Value {
  return renderValue(asTemplate(template), withVariables(entries));
}

function failure(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('values not there yet', () => {
  test.each([
    '{{ r }}',
    '{{ r.x }}',
    '{{ d.r }}',
    '{{ d.r.x }}',
    '{{ d }}',
    '{{ l }}',
    '{{ l[0] }}',
    '{{ l | first }}',
    '{% for i in l %}{{ i }}{% endfor %}',
    '{{ r | default("x") }}',
    '{{ r is defined }}',
    '{% if r.failed %}{% endif %}',
    '{{ [r] }}',
    '{{ "%s" % r }}',
    '{{ d == d2 }}',
    '{{ l == [1] }}',
  ])('%s suspends, and renders once it is there', (template) => {
    const cell = new Pending();
    const entries = { r: cell, d: new Map([['r', cell]]), d2: new Map([['r', 1]]), l: [cell] };
    const error = failure(() => render(template, entries));
    expect(error).toBeInstanceOf(Suspension);
    cell.settle(
      new Map<Value, Value>([
        ['x', 1],
        ['failed', false],
      ]),
    );
    expect(render(template, entries)).toBeDefined();
  });

  test('a condition suspends untouched', () => {
    const error = failure(() => isConditionTrue('r.rc == 0', withVariables({ r: new Pending() })));
    expect(error).toBeInstanceOf(Suspension);
  });

  test('a suspension of the scope passes through', () => {
    const suspension = new Suspension(Promise.resolve(), 'hostvars web2');
    const env = withVariables({});
    const scope = {
      ...env.scope,
      resolve: () => {
        throw suspension;
      },
    };
    expect(failure(() => renderValue(asTemplate('{{ x | default("y") }}'), { ...env, scope }))).toBe(
      suspension,
    );
  });
});

describe('lazy dicts', () => {
  const hosts = new LazyDict(
    (key) =>
      key === 'web' ? new Map([['port', 80]]) : new Undefined(`"hostvars['${String(key)}']" is undefined`),
    () => ['web'],
    'ansible.vars.hostvars.HostVars',
  );
  test.each([
    ['{{ h.web.port }}', "'80'"],
    ['{{ h["web"]["port"] }}', "'80'"],
    ['{{ h | list }}', "['web']"],
    ['{{ h | length }}', "'1'"],
    ['{{ "web" in h }} {{ "db" in h }}', "'True False'"],
    ['{% for k, v in h.items() %}{{ k }}={{ v.port }}{% endfor %}', "'web=80'"],
    ['{{ h.get("web").port }}', "'80'"],
    ['{{ h }}', "{'web': {'port': 80}}"],
    ['{{ h.db.port | default("none") }}', "'none'"],
  ])('%s', (template, expected) => {
    expect(repr(render(template, { h: hosts }))).toBe(expected);
  });

  test('a missing host is named', () => {
    expect(() => render('{{ h.db.port }}', { h: hosts })).toThrow(`"hostvars['db']" is undefined`);
  });
});

describe('bounds', () => {
  test.each([
    '{{ "a" * 10 ** 9 }}',
    '{{ [0] * 10 ** 9 }}',
    '{{ 10 ** 10000000 }}',
    '{{ range(10 ** 12) | list }}',
    '{{ "%999999999d" % 1 }}',
    '{{ "".join(["aaaaaaaaaa" * 1000000] * 100) }}',
    '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
    `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`,
  ])('%# ends in an error', (template) => {
    const error = failure(() => render(template));
    expect(error).toBeInstanceOf(TemplateError);
    expect(error).toHaveProperty('kind', 'limit');
  });
});

describe('nothing of JavaScript can be reached', () => {
  test.each([
    'constructor',
    '__proto__',
    'hasOwnProperty',
    'prototype',
    'toString',
    'size',
    'special',
    'call',
  ])('%s is undefined everywhere', (name) => {
    const values = ['"x"', '1', '1.5', 'true', 'none', '[1]', '{"a": 1}', '(1,)', 'range(2)', 'namespace()'];
    const callables = ['range', '"x".upper', 'cycler(1)', 'joiner()', 'lookup'];
    for (const value of [...values, ...callables]) {
      expect(render(`{{ (${value}).${name} is defined }}{{ (${value})["${name}"] is defined }}`)).toBe(
        'FalseFalse',
      );
    }
    expect(render(`{{ ${name} is defined }}`)).toBe(false);
  });
});

test('what is no template stays as it is', () => {
  const raw: Value = new Map<Value, Value>([['a', ['{{ x }}', 1, null]]]);
  expect(renderValue(raw, withVariables({}))).toEqual(raw);
});

test('templates in keys and values are rendered, vaulted texts decrypted', () => {
  const env = { ...withVariables({ x: 'X' }), decrypt: (text: string) => `plain ${text}` };
  const raw = new Map<Value, Value>([[asTemplate('{{ x }}'), [asTemplate('{{ x }}'), new Vaulted('v')]]]);
  expect(renderValue(raw, env)).toEqual(new Map([['X', ['X', 'plain v']]]));
});

test('omit passes through', () => {
  expect(render('{{ nope | default(omit) }}')).toBe(omit);
  expect(render('{{ omit }}')).toBe(omit);
});

test('undefined variables leave the text as it is when they are no errors', () => {
  const env = withVariables({});
  const lenient = { ...env, options: { ...env.options, strictUndefined: false } };
  expect(renderValue(asTemplate('{{ nope }}'), lenient)).toBe('{{ nope }}');
});

test('a bare expression keeps its type', () => {
  const env = withVariables({ l: [1, 2, 3] });
  expect(renderExpression('l | length > 2', env)).toBe(true);
  expect(renderExpression('l[1:]', env)).toEqual([2, 3]);
  expect(renderExpression("'5'", env)).toBe('5');
  expect(() => renderExpression('l l', env)).toThrow("expected token 'end of print statement', got 'l'");
});

test('a template file stays text in native mode', () => {
  const env = withVariables({ l: [1, 2] });
  const native = { ...env, options: { ...env.options, native: true } };
  expect(renderFile('{{ l }}', { name: 'x.j2', options: {} }, native)).toBe('[1, 2]');
});

test('what a template changes is changed for itself alone', () => {
  const list: Value[] = [1];
  expect(render('{% do l.append(2) %}{{ l }}', { l: list })).toEqual([1, 2]);
  expect(list).toEqual([1]);
});

test('what an inline template in a condition gives may look nothing up', () => {
  const env = withVariables({ text: "lookup('pipe', 'id') != ''" });
  expect(() => isConditionTrue(asTemplate('{{ text }}'), env)).toThrow(
    'lookups were disabled from templating',
  );
});

test.each([
  "{{ 'a' * 10**9 }}",
  '{{ range(10**12) | list }}',
  '{{ [0] * 10**9 }}',
  "{{ 'x' | center(10**10) }}",
  "{{ '%99999999999d' % 1 }}",
  "{{ '{:99999999999}'.format(1) }}",
  '{{ range(30) | permutations | list }}',
  '{{ range(40) | combinations(20) | list }}',
  '{{ range(10**4) | product(range(10**4)) | list }}',
  '{{ [1] | slice(10**9) | list }}',
  "{{ range(10**6) | join('x' * 100) }}",
  "{{ 'a' | indent(10**9) }}",
  "{{ 'a' | password_hash('sha512', rounds=999999999) }}",
  '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
  "{% set n = namespace(x='a') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
])('%s ends in an error', (template) => {
  expect(failure(() => render(template))).toMatchObject({ kind: 'limit' });
});

test('a loop without end stops at the step limit', { timeout: 60_000 }, () => {
  const endless = '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}';
  expect(() => render(endless)).toThrow('the template takes too many steps');
});
