/** The methods of Python's built-in classes, bound to a value when a template reads them. */

import { type Dict, PyFloat, type Value } from '../base/value.ts';
import { bindArguments } from './bind-arguments.ts';
import { bytesMethods } from './bytes-methods.ts';
import { dictMethods } from './dict-methods.ts';
import { listMethods, tupleMethods } from './list-methods.ts';
import type { Method, MethodTable } from './method.ts';
import { floatAttribute, floatMethods, intAttribute, intMethods } from './number-methods.ts';
import { typeError } from './python-error.ts';
import { setMethods } from './set-methods.ts';
import { LazyDict, PyBytes, PyCallable, PySet, PyTuple } from './special.ts';
import { stringMethods } from './string-methods.ts';
import { asInt, asText, typeName } from './values.ts';

/** The method `name` of a value, bound to it, or undefined when its class has none of that name. */
export function methodOf(value: Value, name: string): Value | undefined {
  if (value instanceof Map || value instanceof LazyDict)
    return bind<Dict | LazyDict>(dictMethods, value, name);
  const text = asText(value);
  if (text !== undefined) return bind(stringMethods, text, name);
  if (Array.isArray(value)) return bind(listMethods, value, name);
  if (value instanceof PyFloat) return floatAttribute(value, name) ?? bind(floatMethods, value, name);
  const int = asInt(value);
  if (int !== undefined) return intAttribute(int, name) ?? bind(intMethods, int, name);
  if (value instanceof PyTuple) return bind(tupleMethods, value, name);
  if (value instanceof PySet) return bind(setMethods, value, name);
  if (value instanceof PyBytes) return bind(bytesMethods, value, name);
  return undefined;
}

function bind<Self extends Value>(
  table: MethodTable<Self>,
  self: Self,
  name: string,
): PyCallable | undefined {
  const method: Method<Self> | undefined = table.get(name);
  if (method === undefined) return undefined;
  const callee = { name, signature: method.signature, before: 1 };
  return new PyCallable(name, (args, kwargs) => {
    if (method.signature === '' && args.length > 0) {
      throw typeError(`${typeName(self)}.${name}() takes no arguments (${args.length} given)`);
    }
    return method.call(self, ...bindArguments(callee, args, kwargs));
  });
}
