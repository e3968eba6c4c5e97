/** The variables that a result sets on its host: registered values and facts. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import type { Task } from '../../../shared/project/model.ts';
import { combineVars } from '../../../shared/project/variables/combine-vars.ts';
import type { Pending } from '../../../shared/template/python/special.ts';
import { WRITTEN } from '../../../shared/template/text-origin.ts';
import { shortName } from '../actions/action-name.ts';
import { FACT_ORIGINS } from '../actions/set-fact.ts';
import { addFacts, assign, type HostVars } from './host-state.ts';

/** Builtin modules whose results never hold facts. What is not listed may hold any. */
const WITHOUT_FACTS = new Set(
  (
    'add_host apt apt_key apt_repository assemble assert async_status blockinfile command copy cron debconf debug dnf ' +
    'dpkg_selections expect fail fetch file find get_url git group group_by iptables known_hosts lineinfile meta package ' +
    'pause ping pip raw reboot replace rpm_key script service set_stats shell slurp stat subversion systemd ' +
    'systemd_service sysvinit tempfile template unarchive uri user validate_argument_spec wait_for ' +
    'wait_for_connection yum yum_repository'
  ).split(' '),
);

/** What setup's facts are called. */
const SETUP_FACT = /^(ansible_|facter_|ohai_|gather_subset$|module_setup$)/;

/** Whether the task's result may set the variable `name` as a fact. */
function mayGiveFact(task: Task, name: string): boolean {
  const action = shortName(task.action);
  if (WITHOUT_FACTS.has(action)) return false;
  return action === 'setup' || action === 'gather_facts' ? SETUP_FACT.test(name) : true;
}

/** Whether the task's result may set facts at all. */
export function mayGiveFacts(task: Task): boolean {
  return !WITHOUT_FACTS.has(shortName(task.action));
}

/** A result, the action that gave it, and whether dicts of the same name are merged (`hash_behaviour`). */
export type FactsGiven = { readonly action: string; readonly result: Dict; readonly isMerged?: boolean };

/** The host's variables after a result: its facts, where they belong by action. */
export function addResultFacts(vars: HostVars, { action: name, result, isMerged }: FactsGiven): HostVars {
  const facts = result.get('ansible_facts');
  if (!(facts instanceof Map) || facts.size === 0) return vars;
  const action = shortName(name);
  if (action === 'include_vars')
    return { ...vars, included: combineVars(vars.included, facts, isMerged ? 'merge' : 'replace') };
  if (action !== 'set_fact') return addFacts(vars, injectableFacts(facts));
  const isCached = result.get('_ansible_facts_cacheable') === true;
  const origins = result.get(FACT_ORIGINS);
  const bare = assign(vars, facts);
  const assigned = isDict(origins) ? { ...bare, origins: new Map([...bare.origins, ...origins]) } : bare;
  return isCached ? addFacts(assigned, facts) : assigned;
}

/** Whether the end of a task holds facts that a cache keeps: those of a target, and set_fact's when it says so. */
export function givesLastingFacts(end: {
  readonly result: Dict;
  readonly items?: readonly { readonly result: Dict }[] | undefined;
}): boolean {
  return (end.items ?? [end]).some(
    ({ result }) =>
      result.has('ansible_facts') &&
      result.get('_ansible_facts_cacheable') !== false &&
      !result.has('ansible_included_var_files'),
  );
}

/** The variables with a result registered. Those of set_fact and include_vars do not count as coming from outside. */
export function register(
  vars: HostVars,
  name: string,
  { task, result }: { readonly task: Task; readonly result: Dict },
): HostVars {
  const registered = assign(vars, [[name, registeredResult(result)]]);
  const action = shortName(task.action);
  const facts =
    action === 'include_vars' ? WRITTEN.own : action === 'set_fact' ? result.get(FACT_ORIGINS) : undefined;
  if (facts === undefined) return registered;
  const origins = new Map<Value, Value>([...registered.origins, [name, new Map([['ansible_facts', facts]])]]);
  return { ...registered, origins };
}

/** The registered form of a result: without Ansible's internals. */
export function registeredResult(result: Dict): Dict {
  const kept: Dict = new Map();
  for (const [name, value] of result) {
    if (typeof name === 'string' && (name.startsWith('_ansible_') || name === 'invocation')) continue;
    kept.set(name, name === 'results' && Array.isArray(value) ? value.map(withoutInternals) : value);
  }
  return kept;
}

/** A pending layer of facts, for a task whose result is on its way. */
export function pendingFacts(
  task: Task,
  pending: Pending,
): { pending: Pending; mayHold: (name: string) => boolean } {
  return { pending, mayHold: (name) => mayGiveFact(task, name) };
}

function withoutInternals(item: Value): Value {
  if (!(item instanceof Map)) return item;
  return new Map([...item].filter(([name]) => !(typeof name === 'string' && name.startsWith('_ansible_'))));
}

/** Facts that a target sends must not change how it is reached or which programs run its tasks. */
export function injectableFacts(facts: Dict): Dict {
  const isProtected =
    /^ansible_(become.*|connection|host|password|port|ssh_(?!host_key).*|user|shell_.*|.*_interpreter|delegated_vars)$/;
  const kept = [...facts].filter(
    ([name]) =>
      typeof name !== 'string' || name.startsWith('discovered_interpreter_') || !isProtected.test(name),
  );
  return new Map(kept);
}
