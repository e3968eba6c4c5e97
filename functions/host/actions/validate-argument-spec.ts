/** `validate_argument_spec`: checks what a role was given against its argument specs. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { checkArguments } from '../../../shared/template/argument-spec/check-arguments.ts';
import { classText } from '../../../shared/template/filter-error.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { type ActionCall, ActionFailure, uncaughtFail } from './action.ts';

/** Checks the arguments given, and the variables of the host that the specs name. */
export function validateArgumentSpec({ args, env }: ActionCall): Dict {
  const spec = args.get('argument_spec');
  const given = args.get('provided_arguments') ?? new Map();
  if (spec === undefined) throw uncaughtFail(`"argument_spec" arg is required in args: ${str(args)}`);
  if (!isDict(spec))
    throw uncaughtFail(`Incorrect type for argument_spec, expected dict and got ${classText(spec)}`);
  if (!isDict(given))
    throw new ActionFailure(
      `Incorrect type for provided_arguments, expected dict and got ${classText(given)}`,
    );
  const values: Dict = new Map();
  for (const name of spec.keys()) {
    const value = env.scope.resolve(str(name));
    if (value !== undefined) values.set(name, value);
  }
  for (const [name, value] of given) values.set(name, value);
  const errors = checkArguments(spec, values);
  const result = new Map<Value, Value>([
    ['validate_args_context', args.get('validate_args_context') ?? new Map()],
  ]);
  if (errors.length === 0) return result.set('changed', false).set('msg', 'The arg spec validation passed');
  return result
    .set('failed', true)
    .set('msg', `Validation of arguments failed:\n${errors.join('\n')}`)
    .set('argument_spec_data', spec)
    .set('argument_errors', errors);
}
