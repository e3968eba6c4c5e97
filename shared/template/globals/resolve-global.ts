/** The functions and values that every template knows: Jinja2's own and Ansible's. */

import type { Dict, Value } from '../../base/value.ts';
import type { Environment } from '../environment.ts';
import { bindArguments, boundMethod } from '../python/bind-arguments.ts';
import { dictSet } from '../python/dict-key.ts';
import { entriesOf } from '../python/dict-methods.ts';
import { limitError, pythonError, typeError, valueError } from '../python/error.ts';
import { intArgument } from '../python/method.ts';
import { rangeOf } from '../python/range.ts';
import { repr, str } from '../python/repr.ts';
import {
  type Kwargs,
  LazyDict,
  type LazyList,
  omit,
  PyCallable,
  PyNamespace,
  PyObject,
  PyTuple,
  Undefined,
} from '../python/special.ts';
import { asInt, asText, isTrue, typeName } from '../python/values.ts';
import { generateLorem } from './lorem.ts';
import { makeNow } from './now.ts';

type Global = (env: Environment) => Value;

/** A global by its name; lookups stand apart because they need the tables. */
export function resolveGlobal(name: string, env: Environment): Value | undefined {
  return GLOBALS.get(name)?.(env);
}

const GLOBALS: ReadonlyMap<string, Global> = new Map<string, Global>([
  ['cycler', () => new PyCallable('jinja2.utils.Cycler', makeCycler, undefined, 'type')],
  ['dict', () => new PyCallable('dict', makeDict, undefined, 'type')],
  ['joiner', () => new PyCallable('jinja2.utils.Joiner', makeJoiner, undefined, 'type')],
  ['lipsum', (env) => new PyCallable('lipsum', (args, kwargs) => lipsum(env, args, kwargs))],
  [
    'namespace',
    () => {
      const make = (args: readonly Value[], kwargs: Kwargs): Value => new PyNamespace(makeDict(args, kwargs));
      return new PyCallable('jinja2.utils.Namespace', make, undefined, 'type');
    },
  ],
  ['now', (env) => new PyCallable('now', (args, kwargs) => makeNow(env, args, kwargs), undefined, 'method')],
  ['omit', () => omit],
  ['range', () => new PyCallable('range', makeRange, undefined, 'type')],
  ['undef', () => new PyCallable('undef', makeUndefined)],
  ['vars', (env) => allVariables(env)],
]);

function allVariables(env: Environment): LazyDict {
  return new LazyDict(
    (key) => (typeof key === 'string' ? env.scope.resolve(key) : undefined),
    () => [...env.scope.names()],
  );
}

function makeRange(args: readonly Value[], kwargs: Kwargs): LazyList {
  if (kwargs.size > 0) throw typeError('range() takes no keyword arguments');
  if (args.length === 0) throw typeError('range expected at least 1 argument, got 0');
  if (args.length > 3) throw typeError(`range expected at most 3 arguments, got ${args.length}`);
  const [first = 0, second, third = 1] = args.map(rangeArgument);
  const start = second === undefined ? 0 : first;
  const stop = second === undefined ? first : second;
  if (third === 0) throw valueError('range() arg 3 must not be zero');
  return rangeOf(start, stop, third);
}

function rangeArgument(value: Value): number {
  const int = asInt(value);
  if (int === undefined) throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  if (!Number.isSafeInteger(Number(int))) throw limitError('the template makes a range that is too large');
  return Number(int);
}

function makeDict(args: readonly Value[], kwargs: Kwargs): Dict {
  if (args.length > 1) throw typeError(`dict expected at most 1 argument, got ${args.length}`);
  const map: Dict = new Map();
  const [source] = args;
  if (source !== undefined) for (const [key, item] of entriesOf(source)) dictSet(map, key, item);
  for (const [key, item] of kwargs) map.set(key, item);
  return map;
}

function makeCycler(items: readonly Value[], kwargs: Kwargs): PyObject {
  bindArguments({ name: 'Cycler.__init__', signature: '*items' }, items, kwargs);
  if (items.length === 0) throw pythonError('RuntimeError', 'at least one item has to be provided');
  let at = 0;
  const attributes = new Map<string, () => Value>([
    ['current', () => items[at] ?? null],
    ['items', () => new PyTuple(items)],
    ['pos', () => at],
    [
      'next',
      () =>
        boundMethod('Cycler.next', '', () => {
          const item = items[at] ?? null;
          at = (at + 1) % items.length;
          return item;
        }),
    ],
    [
      'reset',
      () =>
        boundMethod('Cycler.reset', '', () => {
          at = 0;
          return null;
        }),
    ],
  ]);
  return new PyObject({
    typeName: 'jinja2.utils.Cycler',
    str: () => '<jinja2.utils.Cycler object>',
    attribute: (name) => attributes.get(name)?.(),
  });
}

function makeJoiner(args: readonly Value[], kwargs: Kwargs): PyObject {
  const [separator = ''] = bindArguments(
    { name: 'Joiner.__init__', signature: "sep=', '", before: 1 },
    args,
    kwargs,
  );
  let isUsed = false;
  return new PyObject({
    typeName: 'jinja2.utils.Joiner',
    str: () => '<jinja2.utils.Joiner object>',
    attribute: (name) => (name === 'sep' ? separator : name === 'used' ? isUsed : undefined),
    call: boundMethod('Joiner.__call__', '', () => {
      if (isUsed) return separator;
      isUsed = true;
      return '';
    }).call,
  });
}

function lipsum(env: Environment, args: readonly Value[], kwargs: Kwargs): Value {
  const signature = 'n=5, html=True, min=20, max=100';
  const [n, html, min, max] = bindArguments({ name: 'generate_lorem_ipsum', signature }, args, kwargs);
  const key = `lipsum ${repr([...args])} ${repr(new Map(kwargs))}`;
  return env.memory.once(key, () =>
    generateLorem(
      {
        paragraphs: intArgument(n ?? 5),
        isHtml: isTrue(html ?? true),
        min: intArgument(min ?? 20),
        max: intArgument(max ?? 100),
      },
      env.randomBytes,
    ),
  );
}

function makeUndefined(args: readonly Value[], kwargs: Kwargs): Undefined {
  const [hint = null] = bindArguments(
    { name: 'Templar._make_undefined', signature: 'hint=None' },
    args,
    kwargs,
  );
  const isEmpty = hint === null || hint instanceof Undefined || asText(hint) === '';
  if (isEmpty) return new Undefined('Mandatory variable has not been overridden');
  return new Undefined(isTrue(hint) ? str(hint) : 'None is undefined');
}
