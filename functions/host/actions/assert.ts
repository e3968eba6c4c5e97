/** `assert`: checks conditions. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { asList } from '../../../shared/project/load-keywords.ts';
import { originOfWritten } from '../../../shared/template/engine.ts';
import { Template } from '../../../shared/template/python/special.ts';
import { typeName } from '../../../shared/template/python/values.ts';
import { isConditionTrue, renderValue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { isFromOutside } from '../../../shared/template/text-origin.ts';
import { type ActionCall, uncaughtFail } from './action.ts';
import { booleanArgument, checkArguments } from './arguments.ts';

/** Fails with the first condition that does not hold. */
export function runAssert(call: ActionCall): Dict {
  const { args } = call;
  checkArguments('assert', args, ['fail_msg', 'msg', 'quiet', 'success_msg', 'that']);
  if (!args.has('that')) throw uncaughtFail('conditional required in "that" string');
  const failure = messageOf(args.get('fail_msg') ?? args.get('msg') ?? 'Assertion failed', 'fail_msg or msg');
  const success = messageOf(args.get('success_msg') ?? 'All assertions passed', 'success_msg');
  const result: Dict = new Map();
  if (!booleanArgument(args, 'quiet', false)) result.set('_ansible_verbose_always', true);
  for (const condition of conditionsOf(call)) {
    if (holds(condition, call)) continue;
    return result
      .set('failed', true)
      .set('evaluated_to', false)
      .set('assertion', condition instanceof Template ? condition.source : condition)
      .set('changed', false)
      .set('msg', failure);
  }
  return result.set('changed', false).set('msg', success);
}

function messageOf(value: Value, name: string): Value {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value))
    throw uncaughtFail(
      `Incorrect type for ${name}, expected a string or list and got <class '${typeName(value)}'>`,
    );
  if (!value.every((each) => typeof each === 'string'))
    throw uncaughtFail(`Type of one of the elements in ${name} list is not string type`);
  return value;
}

/**
 * The conditions as the task has them. What templates in them give is not evaluated a second time: it may come from a
 * host.
 */
function conditionsOf({ args, task, env }: ActionCall): readonly Value[] {
  const written = isDict(task.args) ? task.args.get('that') : undefined;
  const that = written ?? args.get('that') ?? null;
  if (!(that instanceof Template)) return asList(that);
  const conditions = asList(renderValue(that, env));
  return isFromOutside(originOfWritten(that, env)) ? conditions.map(asReceived) : conditions;
}

function asReceived(condition: Value): Value {
  return typeof condition === 'string' ? new Template(condition, undefined, true) : condition;
}

function holds(condition: Value, { env }: ActionCall): boolean {
  try {
    return isConditionTrue(condition, env);
  } catch (error) {
    if (error instanceof TemplateError) throw uncaughtFail(error.message);
    throw error;
  }
}
