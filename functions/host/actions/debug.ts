/** `debug`: shows a message or a variable. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { isSpecial } from '../../../shared/base/value.ts';
import type { Task } from '../../../shared/project/model.ts';
import { originOfWritten } from '../../../shared/template/engine.ts';
import { dumpJson } from '../../../shared/template/formats/json.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { asTemplate, Template } from '../../../shared/template/python/special.ts';
import { typeName } from '../../../shared/template/python/values.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { isFromOutside } from '../../../shared/template/text-origin.ts';
import { type ActionCall, ActionFailure } from './action.ts';
import { checkArguments, integerArgument } from './arguments.ts';

const UNDEFINED = 'VARIABLE IS NOT DEFINED!';

/** Shows `msg`, or the value of `var`, when the verbosity is reached. */
export function runDebug({ args, context, env, task }: ActionCall): Dict {
  checkArguments('debug', args, ['msg', 'var', 'verbosity']);
  if (args.has('msg') && args.has('var')) throw new ActionFailure("'msg' and 'var' are incompatible options");
  const threshold = integerArgument(args, 'verbosity', 0);
  if (threshold > context.settings.verbosity)
    return new Map<Value, Value>([
      ['skipped_reason', 'Verbosity threshold not met.'],
      ['skipped', true],
      ['failed', false],
      ['failed', false],
    ]);
  const [name, value] = isReceived(task, env)
    ? unlooked(args.get('var') ?? null)
    : shown(args, env, context.settings.verbosity);
  return new Map<Value, Value>([
    [name, value],
    ['failed', false],
    ['_ansible_verbose_always', true],
  ]);
}

/** Whether `var` is a text from outside: it names nothing, and nothing in it is evaluated. */
function isReceived({ args }: Task, env: ActionCall['env']): boolean {
  const raw = args instanceof Map ? args.get('var') : undefined;
  return raw instanceof Template && isFromOutside(originOfWritten(raw, env));
}

function unlooked(text: Value): readonly [string, Value] {
  return [str(text), `{{${str(text)}}}`];
}

function shown(args: Dict, env: ActionCall['env'], verbosity: number): readonly [string, Value] {
  const variable = args.get('var');
  if (variable === undefined) return ['msg', args.has('msg') ? (args.get('msg') ?? null) : 'Hello world!'];
  if (typeof variable !== 'string') return [nameOf(variable), verbosity > 0 ? `${UNDEFINED}: ` : UNDEFINED];
  try {
    const value = renderValue(asTemplate(`{{${variable}}}`), env);
    return [variable, isSpecial(value, 'undefined') ? UNDEFINED : value];
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind !== 'undefined') throw error;
    return [variable, verbosity > 0 ? `${UNDEFINED}: ${error.message}` : UNDEFINED];
  }
}

/** What stands in the place of a name: the class of a list or dict, and else the value as JSON has it for a key. */
function nameOf(variable: Value): string {
  return Array.isArray(variable) || variable instanceof Map
    ? `<class '${typeName(variable)}'>`
    : dumpJson(variable);
}
