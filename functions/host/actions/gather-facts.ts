/** `gather_facts`: the facts that a play asks for before its first task. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { type MergeOptions, mergeDicts } from '../../../shared/template/filters/merge.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { moduleDefaults } from '../execute/task-keywords.ts';
import type { ActionCall, ActionReply, RemoteAction } from './action.ts';
import { actionNames, shortName } from './action-name.ts';
import { listArgument } from './arguments.ts';
import { type Step, sendInTurn } from './send-in-turn.ts';

/** Runs the modules of FACTS_MODULES one after the other and joins what they find. */
export const gatherFacts: RemoteAction = (call, remote) => {
  const modules = factsModules(call);
  const steps = modules.map(
    (module): Step =>
      (hasMore) => ({
        reply: remote.run(shortName(module), moduleArguments(call, module), hasMore ? { hasMore } : {}),
      }),
  );
  const { replies, isWhole } = sendInTurn(steps);
  return { reply: replies.then((results) => joined(modules, results)), isWhole };
};

/** `smart` stands for the module of the connection, which is setup. */
function factsModules({ env }: ActionCall): readonly string[] {
  const names = listArgument(env.scope.resolve('ansible_facts_modules') ?? env.config('FACTS_MODULES')).map(
    str,
  );
  const listed = names.filter((name) => name !== 'smart');
  return names.length === 0 || listed.length < names.length ? [...listed, 'ansible.legacy.setup'] : listed;
}

/** What only setup knows. */
const SETUP_ARGUMENTS = new Set<Value>(['gather_subset', 'gather_timeout', 'filter']);

function moduleArguments({ args, task, env }: ActionCall, module: string): Dict {
  const isSetup = shortName(module) === 'setup';
  const own = [...args].filter(
    ([name, value]) => value !== null && name !== 'parallel' && (isSetup || !SETUP_ARGUMENTS.has(name)),
  );
  return new Map([...moduleDefaults(task, actionNames(shortName(module)), env), ...own]);
}

/** Dicts of the same name become one, and lists get the items of later modules behind those that only the earlier ones have. */
const MERGE: MergeOptions = { recursive: true, listMerge: 'append_rp' };

/** All facts in one result, and which modules failed or were skipped. Facts are not printed, whatever the verbosity. */
function joined(modules: readonly string[], results: readonly Dict[] | 'discarded'): ActionReply {
  if (results === 'discarded') return results;
  const lost = results.find((result) => result.get('unreachable') === true);
  if (lost !== undefined) return lost;
  let facts: Dict = new Map();
  const warnings: Value[] = [];
  const failed: Dict = new Map();
  const skipped: Dict = new Map();
  for (const [index, result] of results.entries()) {
    const module = modules[index] ?? '';
    if (result.get('failed') === true) failed.set(module, result);
    else if (result.get('skipped') === true) skipped.set(module, result);
    else {
      const found = result.get('ansible_facts');
      if (isDict(found)) facts = facts.size === 0 ? found : mergeDicts(facts, found, MERGE);
      const said = result.get('warnings');
      if (Array.isArray(said)) warnings.push(...said);
    }
  }
  const whole = new Map<Value, Value>([
    ['ansible_facts', new Map<Value, Value>([...facts, ['_ansible_facts_gathered', true]])],
    ['_ansible_verbose_override', true],
  ]);
  if (failed.size + skipped.size < modules.length) whole.set('warnings', warnings).set('deprecations', []);
  if (skipped.size > 0) {
    whole.set('msg', `The following modules were skipped: ${[...skipped.keys()].map(str).join(', ')}\n`);
    whole.set('skipped_modules', skipped);
    if (skipped.size === modules.length) whole.set('skipped', true);
  }
  if (failed.size > 0) {
    whole.set('failed', true);
    whole.set('msg', `The following modules failed to execute: ${[...failed.keys()].map(str).join(', ')}\n`);
    whole.set('failed_modules', failed);
  }
  return whole;
}
