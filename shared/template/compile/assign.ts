/** Assigns values to names, tuples of names and namespace attributes. */

import type { Value } from '../../base/value.ts';
import { pythonError, typeError, valueError } from '../python/error.ts';
import { PyNamespace } from '../python/special.ts';
import { iterateOrUndefined, typeName } from '../python/values.ts';
import type { Target } from '../syntax/syntax-tree.ts';
import { type Frame, lookUp } from './runtime.ts';

/** Assigns `value` in the innermost scope of `frame`. */
export function assign(target: Target, value: Value, frame: Frame): void {
  switch (target.kind) {
    case 'name':
      frame.vars.set(target.name, value);
      return;
    case 'namespace':
      namespaceOf(target.name, frame).attributes.set(target.attribute, value);
      return;
    case 'tuple':
      assignTuple(target.items, value, frame);
      return;
    default:
      target satisfies never;
  }
}

/** Refuses a namespace attribute that cannot be set, as Jinja2 does before the value is computed. */
export function checkTarget(target: Target, frame: Frame): void {
  if (target.kind === 'namespace') namespaceOf(target.name, frame);
}

function namespaceOf(name: string, frame: Frame): PyNamespace {
  const space = lookUp(frame, name);
  if (space instanceof PyNamespace) return space;
  throw pythonError('TemplateRuntimeError', 'cannot assign attribute on non-namespace object');
}

function assignTuple(targets: readonly Target[], value: Value, frame: Frame): void {
  const items = iterateOrUndefined(value);
  if (items === undefined) throw typeError(`cannot unpack non-iterable ${typeName(value)} object`);
  const values = [...items];
  if (values.length < targets.length) {
    throw valueError(`not enough values to unpack (expected ${targets.length}, got ${values.length})`);
  }
  if (values.length > targets.length) {
    throw valueError(`too many values to unpack (expected ${targets.length})`);
  }
  targets.forEach((target, index) => {
    assign(target, values[index] ?? null, frame);
  });
}
