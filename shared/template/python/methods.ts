/** The methods of Python's built-in classes, bound to a value when a template reads them. */

import { type Dict, PyFloat, type Value } from '../../base/value.ts';
import { countMade, countWork, isLarge } from '../budget.ts';
import { bytesMethods } from './bytes-methods.ts';
import { equals } from './comparison.ts';
import { dictMethods } from './dict-methods.ts';
import { valueError } from './error.ts';
import { listMethods, tupleMethods } from './list-methods.ts';
import type { Method, MethodTable } from './method.ts';
import { bindNative } from './native-arguments.ts';
import { floatAttribute, floatMethods, intAttribute, intMethods } from './number-methods.ts';
import { boundOfRange } from './range.ts';
import { repr } from './repr.ts';
import { setMethods } from './set-methods.ts';
import { type Kwargs, LazyDict, LazyList, PyBytes, PyCallable, PySet, PyTuple } from './special.ts';
import { stringMethods } from './string-methods.ts';
import { asInt, asText, itemsOf, toList, typeName } from './values.ts';

/** The method `name` of a value, bound to it, or undefined when its class has none of that name. */
export function methodOf(value: Value, name: string): Value | undefined {
  if (value instanceof Map || value instanceof LazyDict)
    return bind<Dict | LazyDict>(dictMethods, value, name);
  const text = asText(value);
  if (text !== undefined) return bind(stringMethods, text, name);
  if (Array.isArray(value)) return bind(listMethods, value, name);
  if (value instanceof PyFloat) return floatAttribute(value, name) ?? bind(floatMethods, value, name);
  const int = asInt(value);
  if (int !== undefined) return intAttribute(int, name) ?? bind(intMethods, int, name, typeName(value));
  if (value instanceof PyTuple) return bind(tupleMethods, value, name);
  if (value instanceof PySet) return bind(setMethods, value, name);
  if (value instanceof PyBytes) return bind(bytesMethods, value, name);
  if (value instanceof LazyList && value.typeName === 'range')
    return boundOfRange(value, name) ?? rangeMethod(value, name);
  return value instanceof LazyList ? viewMethod(value, name) : undefined;
}

/** `isdisjoint` of the views that are like sets. */
function viewMethod(view: LazyList, name: string): Value | undefined {
  if (name !== 'isdisjoint' || !/^dict_(?:items|keys)$/.test(view.typeName)) return undefined;
  const callee = { type: view.typeName, name, signature: 'other', style: 'plain' } as const;
  const call = (args: readonly Value[], kwargs: Kwargs): Value => {
    const [other = null] = bindNative(callee, args, kwargs);
    const items = toList(view);
    return !toList(other).some((each) => items.some((item) => equals(item, each)));
  };
  return new PyCallable(name, call, undefined, 'builtin_function_or_method');
}

/** Whether every dict has a method of that name. */
export function isDictMethod(name: string): boolean {
  return dictMethods.has(name);
}

/** `count` and `index`, which look through the items. */
function rangeMethod(range: LazyList, name: string): Value | undefined {
  if (name !== 'count' && name !== 'index') return undefined;
  const callee = { type: 'range', name, signature: 'value', style: 'plain' } as const;
  const call = (args: readonly Value[], kwargs: Kwargs): Value => {
    const [value = null] = bindNative(callee, args, kwargs);
    const place = [...itemsOf(range)].findIndex((item) => equals(item, value));
    if (name === 'count') return place < 0 ? 0 : 1;
    if (place < 0) {
      const isInt = asInt(value) !== undefined;
      throw valueError(isInt ? `${repr(value)} is not in range` : 'sequence.index(x): x not in sequence');
    }
    return place;
  };
  return new PyCallable(name, call, undefined, 'builtin_function_or_method');
}

function bind<Self extends Value>(
  table: MethodTable<Self>,
  self: Self,
  name: string,
  type: string = typeName(self),
): PyCallable | undefined {
  const method: Method<Self> | undefined = table.get(name);
  if (method === undefined) return undefined;
  const callee = { type, name, signature: method.signature, style: method.style };
  const isText = typeof self === 'string' || self instanceof PyBytes;
  const call = (args: readonly Value[], kwargs: Kwargs): Value =>
    // Most methods of lists and dicts look at one item only; the others count for themselves.
    isText && isLarge(self)
      ? countWork(self, () => method.call(self, ...bindNative(callee, args, kwargs)))
      : countMade(method.call(self, ...bindNative(callee, args, kwargs)));
  return new PyCallable(name, call, undefined, 'builtin_function_or_method');
}
