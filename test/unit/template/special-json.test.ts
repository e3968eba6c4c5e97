/** Special values as data: what variables may hold comes back as it was, and what they may not is refused. */

import { expect, test } from 'vitest';
import { PyFloat, type Special, type Value } from '../../../shared/base/value.ts';
import { makeDatetime } from '../../../shared/template/dates/datetime.ts';
import { makeDay } from '../../../shared/template/dates/day.ts';
import { makeTimedelta } from '../../../shared/template/dates/timedelta.ts';
import { repr } from '../../../shared/template/python/repr.ts';
import {
  LazyDict,
  LazyList,
  Markup,
  omit,
  Pending,
  PyBytes,
  PyCallable,
  PyNamespace,
  PyObject,
  PySet,
  PyTuple,
  Template,
  Undefined,
  Vaulted,
} from '../../../shared/template/python/special.ts';
import { specialForms } from '../../../shared/template/special-json.ts';
import { formatWire, parseWire } from '../../../shared/wire/wire-json.ts';

const position = { file: '/play/vars.yml', line: 3, column: 7 };
const date = {
  year: 2024,
  month: 2,
  day: 29,
  hour: 23,
  minute: 59,
  second: 1,
  microsecond: 250_000,
  zoneName: 'UTC',
};

const specials: Readonly<Record<string, Value>> = {
  tuple: new PyTuple([1, 'a', new PyTuple([])]),
  'named tuple': new PyTuple([1, 2], ['major', 'minor']),
  bytes: new PyBytes(new Uint8Array([0, 255, 10])),
  undefined: new Undefined("'x' is undefined", 'x'),
  'lenient undefined': new Undefined('missing', undefined, { isLenient: true }),
  omit,
  template: new Template('{{ x }}', position),
  'template without a place': new Template('{% if x %}{% endif %}'),
  vaulted: new Vaulted('$ANSIBLE_VAULT;1.1;AES256\n6162\n', position),
  set: new PySet([3, 'a', null]),
  'html mark': new Markup('<b>'),
  'verbatim mark': new Markup('{"a": 1}', 'verbatim', true),
  datetime: makeDatetime({ ...date, offsetMinutes: undefined }),
  'datetime with a zone': makeDatetime({ ...date, offsetMinutes: -90 }),
  date: makeDay({ ...date, offsetMinutes: undefined }),
  timedelta: makeTimedelta(-1_500_000),
};

function again(value: Value): Value {
  return parseWire(formatWire(value, specialForms), specialForms) as Value;
}

test.each(Object.entries(specials))('%s comes back', (_name, value) => {
  const back = again(value);
  expect(back).toBeInstanceOf(Object.getPrototypeOf(value).constructor);
  expect(repr(back)).toBe(repr(value));
  if (!(value instanceof PyObject)) expect(back).toEqual(value);
});

test('omit comes back as the one that there is', () => {
  expect(again(omit)).toBe(omit);
});

test('dates are calculated with as before', () => {
  const [moment, span] = [again(specials.datetime ?? null), again(specials.timedelta ?? null)];
  if (!(moment instanceof PyObject && span instanceof PyObject)) throw new Error('no objects came back');
  const later = moment.behaviour.operate?.('+', span, false);
  expect(repr(later ?? null)).toBe('datetime.datetime(2024, 2, 29, 23, 58, 59, 750000)');
});

test('what is read when it is asked for comes back as what it gave', () => {
  const lazy = new LazyDict(
    (key) => (key === 'a' ? new PyTuple([1]) : undefined),
    () => ['a'],
    'HostVars',
  );
  const back = again(lazy);
  if (!(back instanceof LazyDict)) throw new Error('no dict came back');
  expect([back.typeName, back.get('a'), back.get('b'), back.keys()]).toEqual([
    'HostVars',
    new PyTuple([1]),
    undefined,
    ['a'],
  ]);
  const range = again(
    new LazyList(
      'range',
      3,
      (index) => index * 2,
      () => 'range(0, 6, 2)',
    ),
  );
  if (!(range instanceof LazyList)) throw new Error('no list came back');
  expect([range.typeName, [...range], range.repr()]).toEqual(['range', [0, 2, 4], 'range(0, 6, 2)']);
});

const refused: readonly (readonly [string, Special])[] = [
  ['pending', new Pending()],
  ['callable', new PyCallable('now', () => null)],
  ['namespace', new PyNamespace(new Map())],
  ['jinja2.utils.Cycler', new PyObject({ typeName: 'jinja2.utils.Cycler', str: () => 'cycler' })],
];

test.each(refused)('a %s is refused', (name, value) => {
  expect(() => formatWire([value], specialForms)).toThrow(`a ${name} cannot be a part of what is stored`);
});

test('any value comes back, however it is nested', () => {
  const draw = generator(7);
  for (let round = 0; round < 300; round++) {
    const value = anyValue(draw, 4);
    const back = again(value);
    expect(repr(back)).toBe(repr(value));
    expect(formatWire(back, specialForms)).toBe(formatWire(value, specialForms));
  }
});

type Draw = (below: number) => number;

function generator(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

const texts = ['', 'a', '$', '{{ x }}', 'ü\u{1f600}', '\ud800', '\u0000\n', '__proto__', '1.0'];

function anyValue(draw: Draw, depth: number): Value {
  const makers: readonly (() => Value)[] = [
    () => null,
    () => draw(2) === 1,
    () => draw(1_000_000) - 500_000,
    () => BigInt(draw(1_000_000)) * 10n ** 20n - 7n,
    () => new PyFloat([0, -0, 1.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY, -1e-7][draw(7)] ?? 0),
    () => texts[draw(texts.length)] ?? '',
    () => Object.values(specials)[draw(Object.keys(specials).length)] ?? null,
    () => Array.from({ length: draw(4) }, () => anyValue(draw, depth - 1)),
    () => new PyTuple(Array.from({ length: draw(4) }, () => anyValue(draw, depth - 1))),
    () => new Map(Array.from({ length: draw(4) }, () => [anyKey(draw), anyValue(draw, depth - 1)] as const)),
  ];
  return (makers[draw(depth > 0 ? makers.length : 7)] ?? (() => null))();
}

function anyKey(draw: Draw): Value {
  return [texts[draw(texts.length)] ?? '', draw(10), true, null, new PyTuple([1, 'a'])][draw(5)] ?? null;
}
