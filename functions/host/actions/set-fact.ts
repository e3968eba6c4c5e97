/** `set_fact`: gives the host variables. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { originOfWritten } from '../../../shared/template/engine.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { asTemplate } from '../../../shared/template/python/special.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { COMPUTED, describeOrigin } from '../../../shared/template/text-origin.ts';
import type { ActionCall } from './action.ts';
import { actionFail } from './action-fail.ts';
import { booleanArgument } from './arguments.ts';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Of a result: where the texts of its facts come from, as {@link describeOrigin} has it. */
export const FACT_ORIGINS = '_ansible_fact_origins';

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
]);

/** The variables as facts of the result. Words for booleans become booleans, as Ansible does without native types. */
export function setFact({ args, env, task }: ActionCall): Dict {
  const facts: Dict = new Map();
  const origins: Dict = new Map();
  for (const [key, value] of args) {
    const name = str(typeof key === 'string' ? renderValue(asTemplate(key), env) : key);
    if (name === 'cacheable') continue;
    if (!IDENTIFIER.test(name))
      throw actionFail(
        `The variable name '${name}' is not valid. Variables must start with a letter or underscore character, and contain only letters, numbers and underscores.`,
      );
    facts.set(name, env.options.native ? value : asBoolean(value));
    if (!holdsText(value)) continue;
    const raw = isDict(task.args) ? task.args.get(key) : undefined;
    origins.set(name, describeOrigin(value, raw === undefined ? COMPUTED : originOfWritten(raw, env)));
  }
  if (facts.size === 0)
    throw actionFail('No key/value pairs provided, at least one is required for this action to succeed');
  return new Map<Value, Value>([
    ['changed', false],
    ['ansible_facts', facts],
    ['_ansible_facts_cacheable', booleanArgument(args, 'cacheable', false)],
    [FACT_ORIGINS, origins],
  ]);
}

function holdsText(value: Value): boolean {
  if (Array.isArray(value)) return value.some(holdsText);
  return isDict(value) ? [...value.values()].some(holdsText) : typeof value === 'string';
}

function asBoolean(value: Value): Value {
  return typeof value === 'string' ? (BOOLEANS.get(value.toLowerCase()) ?? value) : value;
}
