/** JMESPath's functions. */

import { PyFloat, type Value } from '../../base/value.ts';
import { dumpJson, loadJson } from '../formats/json.ts';
import { operate } from '../python/arithmetic.ts';
import { compare, contains } from '../python/comparison.ts';
import { asDict, asText, isMapping, textLength } from '../python/values.ts';
import { JmespathError } from './tokens.ts';
import { asList, typeOf } from './values.ts';

/** An argument: a value, or an expression that was passed with `&`. */
export type Argument = { readonly value: Value; readonly apply: ((item: Value) => Value) | undefined };

type Call = (args: readonly Argument[]) => Value;

/** Calls a function by its name. */
export function callFunction(name: string, args: readonly Argument[]): Value {
  const found = FUNCTIONS.get(name);
  if (found === undefined) throw new JmespathError(`Unknown function: ${name}()`);
  const { least, call } = found;
  if (args.length < least || (!found.isVariadic && args.length > least)) {
    throw new JmespathError(
      `Expected ${least} argument${least === 1 ? '' : 's'} for function ${name}(), received ${args.length}`,
    );
  }
  return call(args);
}

function argumentAt(args: readonly Argument[], index: number): Value {
  return args[index]?.value ?? null;
}

function list(args: readonly Argument[], index = 0): readonly Value[] {
  const items = asList(argumentAt(args, index));
  if (items === undefined) throw wrongType(argumentAt(args, index), 'array');
  return items;
}

function text(args: readonly Argument[], index = 0): string {
  const given = asText(argumentAt(args, index));
  if (given === undefined) throw wrongType(argumentAt(args, index), 'string');
  return given;
}

function number(value: Value): Value {
  if (typeOf(value) !== 'number') throw wrongType(value, 'number');
  return value;
}

function object(args: readonly Argument[]): ReadonlyMap<Value, Value> {
  const value = argumentAt(args, 0);
  if (!isMapping(value)) throw wrongType(value, 'object');
  return asDict(value) ?? new Map();
}

function expression(args: readonly Argument[], index: number): (item: Value) => Value {
  const apply = args[index]?.apply;
  if (apply === undefined) throw new JmespathError(`the argument number ${index + 1} must be an expression`);
  return apply;
}

function wrongType(value: Value, expected: string): JmespathError {
  return new JmespathError(
    `invalid type for value, expected one of: ['${expected}'], received: "${typeOf(value)}"`,
  );
}

function total(values: readonly Value[]): Value {
  return values.reduce((sum, value) => operate('+', sum, number(value)), 0);
}

/** Items with keys that can be ordered: all numbers or all texts. */
function sorted(items: readonly Value[], key: (item: Value) => Value): Value[] {
  const keyed = items.map((item) => ({ item, key: key(item) }));
  const kind = keyed[0] === undefined ? 'number' : typeOf(keyed[0].key);
  const wrong = keyed.find((one) => typeOf(one.key) !== kind || (kind !== 'number' && kind !== 'string'));
  if (wrong !== undefined) throw wrongType(wrong.key, kind === 'string' ? 'string' : 'number');
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

/** The first of the largest. */
function largest(items: readonly Value[], key: (item: Value) => Value): Value {
  const ascending = sorted(items, key);
  const last = ascending.at(-1);
  if (last === undefined) return null;
  return ascending.find((item) => compare(key(item), key(last)) === 0) ?? null;
}

function toNumber(value: Value): Value {
  if (typeOf(value) === 'number') return value;
  const given = asText(value)?.trim() ?? '';
  return /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(given) ? loadJson(given) : null;
}

function lengthOf(value: Value): Value {
  const given = asText(value);
  if (given !== undefined) return textLength(given);
  const size = asList(value)?.length ?? asDict(value)?.size;
  if (size === undefined) throw wrongType(value, 'string');
  return size;
}

function round(value: Value, how: (value: number) => number): Value {
  const given = number(value);
  return given instanceof PyFloat ? how(given.value) : given;
}

const same = (item: Value): Value => item;

const FUNCTIONS: ReadonlyMap<
  string,
  { readonly least: number; readonly isVariadic: boolean; readonly call: Call }
> = new Map(
  (
    [
      [
        'abs',
        1,
        ([first]) =>
          compare(number(first?.value ?? null), 0) < 0
            ? operate('*', first?.value ?? 0, -1)
            : (first?.value ?? 0),
      ],
      [
        'avg',
        1,
        (args) => (list(args).length === 0 ? null : operate('/', total(list(args)), list(args).length)),
      ],
      ['ceil', 1, (args) => round(argumentAt(args, 0), Math.ceil)],
      ['contains', 2, (args) => contains(argumentAt(args, 0), argumentAt(args, 1))],
      ['ends_with', 2, (args) => text(args).endsWith(text(args, 1))],
      ['floor', 1, (args) => round(argumentAt(args, 0), Math.floor)],
      [
        'join',
        2,
        (args) =>
          list(args, 1)
            .map((_, index) =>
              text(
                list(args, 1).map((value) => ({ value, apply: undefined })),
                index,
              ),
            )
            .join(text(args)),
      ],
      ['keys', 1, (args) => [...object(args).keys()]],
      ['length', 1, (args) => lengthOf(argumentAt(args, 0))],
      ['map', 2, (args) => list(args, 1).map(expression(args, 0))],
      ['max', 1, (args) => largest(list(args), same)],
      ['max_by', 2, (args) => largest(list(args), expression(args, 1))],
      ['min', 1, (args) => sorted(list(args), same)[0] ?? null],
      ['min_by', 2, (args) => sorted(list(args), expression(args, 1))[0] ?? null],
      [
        'reverse',
        1,
        (args) =>
          asText(argumentAt(args, 0)) === undefined
            ? [...list(args)].reverse()
            : [...text(args)].reverse().join(''),
      ],
      ['sort', 1, (args) => sorted(list(args), same)],
      ['sort_by', 2, (args) => sorted(list(args), expression(args, 1))],
      ['starts_with', 2, (args) => text(args).startsWith(text(args, 1))],
      ['sum', 1, (args) => total(list(args))],
      [
        'to_array',
        1,
        (args) => (asList(argumentAt(args, 0)) === undefined ? [argumentAt(args, 0)] : [...list(args)]),
      ],
      ['to_number', 1, (args) => toNumber(argumentAt(args, 0))],
      [
        'to_string',
        1,
        (args) => asText(argumentAt(args, 0)) ?? dumpJson(argumentAt(args, 0), { separators: [',', ':'] }),
      ],
      ['type', 1, (args) => typeOf(argumentAt(args, 0))],
      ['values', 1, (args) => [...object(args).values()]],
    ] satisfies [string, number, Call][]
  )
    .map(([name, least, call]): [string, { least: number; isVariadic: boolean; call: Call }] => [
      name,
      { least, isVariadic: false, call },
    ])
    .concat([
      [
        'merge',
        { least: 1, isVariadic: true, call: (args) => new Map(args.flatMap((one) => [...object([one])])) },
      ],
      [
        'not_null',
        {
          least: 1,
          isVariadic: true,
          call: (args) => args.find(({ value }) => value !== null)?.value ?? null,
        },
      ],
    ]),
);
