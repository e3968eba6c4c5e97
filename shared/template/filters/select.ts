/** Jinja2's filters that apply another filter or test to each item: map, select, reject and their attribute forms. */

import type { Value } from '../../base/value.ts';
import type { Applied, Builtin, NamedCall } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { filterArgumentError } from '../filter-error.ts';
import { pluginName } from '../plugin-name.ts';
import type { Kwargs } from '../python/special.ts';
import { force, isTrue, mapItems, toList } from '../python/values.ts';
import { makeGetter } from './attribute-path.ts';

/** How these filters get at others; made where the tables are made. Raise for what is wrong once a value is there. */
export type NamedCalls = {
  readonly filter: (env: Environment, call: NamedCall) => Applied;
  readonly test: (env: Environment, call: NamedCall) => Applied;
};

type Predicate = (item: Value) => boolean;

/** The filters, over a way to call the others. */
export function makeSelectFilters(calls: NamedCalls): readonly Builtin[] {
  const signature = '*args, **kwargs';
  const select = (name: string, isWanted: boolean, hasAttribute: boolean): Builtin => ({
    name,
    signature,
    call: (env, value, args = [], kwargs = null) => {
      if (!isTrue(force(value))) return [];
      const given = { env, args: asArgs(args), kwargs: asKwargs(kwargs) };
      const predicate = hasAttribute ? attributeTest(calls, given) : itemTest(calls, given);
      return toList(force(value)).filter((item) => predicate(item) === isWanted);
    },
  });
  return [
    {
      name: 'map',
      signature,
      call: (env, value, args = [], kwargs = null) => map(calls, { env, value, args, kwargs }),
    },
    select('select', true, false),
    select('reject', false, false),
    select('selectattr', true, true),
    select('rejectattr', false, true),
  ];
}

type Given = { readonly env: Environment; readonly args: readonly Value[]; readonly kwargs: Kwargs };

function asArgs(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

const NO_KWARGS: Kwargs = new Map();

function asKwargs(value: Value): Kwargs {
  if (!(value instanceof Map) || value.size === 0) return NO_KWARGS;
  const kwargs = new Map<string, Value>();
  for (const [key, item] of value) if (typeof key === 'string') kwargs.set(key, item);
  return kwargs;
}

type MapCall = {
  readonly env: Environment;
  readonly value: Value;
  readonly args: Value;
  readonly kwargs: Value;
};

function map(calls: NamedCalls, call: MapCall): Value {
  if (!isTrue(force(call.value))) return [];
  const apply = mapper(calls, { env: call.env, args: asArgs(call.args), kwargs: asKwargs(call.kwargs) });
  return mapItems(force(call.value), apply);
}

function mapper(calls: NamedCalls, { env, args, kwargs }: Given): (item: Value) => Value {
  const attribute = kwargs.get('attribute');
  if (args.length === 0 && attribute !== undefined) {
    const extra = [...kwargs.keys()].find((name) => name !== 'attribute' && name !== 'default');
    if (extra !== undefined) throw filterArgumentError(`Unexpected keyword argument '${extra}'`);
    return makeGetter(attribute, kwargs.get('default'));
  }
  const [name, ...rest] = args;
  if (name === undefined) throw filterArgumentError('map requires a filter argument');
  return lazily(() => calls.filter(env, { name: pluginName(name), args: rest, kwargs }));
}

/** What is wrong with the name is found out with the first item. */
function lazily(make: () => Applied): Applied {
  let made: Applied | undefined;
  return (value) => {
    made ??= make();
    return made(value);
  };
}

function itemTest(calls: NamedCalls, { env, args, kwargs }: Given): Predicate {
  const [name, ...rest] = args;
  if (name === undefined) return (item) => isTrue(force(item));
  const test = lazily(() => calls.test(env, { name: pluginName(name), args: rest, kwargs }));
  return (item) => isTrue(test(item));
}

function attributeTest(calls: NamedCalls, { env, args, kwargs }: Given): Predicate {
  const [attribute, ...rest] = args;
  if (attribute === undefined) throw filterArgumentError('Missing parameter for attribute name');
  const get = makeGetter(attribute);
  const test = itemTest(calls, { env, args: rest, kwargs });
  return (item) => test(get(item));
}
