/** `package` and `service`: run the module that suits the host. */

import { type Dict, isDict, isSpecial, type Value } from '../../../shared/base/value.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { renderExpression } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { moduleDefaults } from '../execute/task-keywords.ts';
import {
  type ActionCall,
  ActionFailure,
  type ActionReply,
  type Remote,
  type RemoteAction,
  type RemoteRun,
} from './action.ts';
import { actionFail } from './action-fail.ts';
import { actionNames, shortName } from './action-name.ts';
import { textArgument } from './arguments.ts';
import { isStop } from './send-in-turn.ts';

/** Runs the module of the host's package manager. */
export const runPackage: RemoteAction = (call, remote) => {
  const name = chosenName(call, 'pkg_mgr');
  if (name !== 'auto') return { reply: runPackageModule(call, remote, name), isWhole: true };
  return asked(remote, 'ansible_pkg_mgr', (manager) => {
    if (manager === 'auto')
      throw actionFail(
        'Could not detect which package manager to use. Try gathering facts or setting the "use" option.',
      );
    return runPackageModule(call, remote, manager);
  });
};

/** Runs the module of the host's service manager, or the one for all of them. */
export const runService: RemoteAction = (call, remote) => {
  const name = chosenName(call, 'service_mgr').toLowerCase();
  if (name !== 'auto') return { reply: runServiceModule(call, remote, name), isWhole: true };
  return asked(remote, 'ansible_service_mgr', (manager) => runServiceModule(call, remote, manager));
};

/**
 * Looks ahead for the fact that decides, so that nothing of a loop has been sent when it is not there yet.
 * Throws Suspension.
 */
export function prepareChoice(call: ActionCall): void {
  chosenName(call, call.name === 'package' ? 'pkg_mgr' : 'service_mgr');
}

/** What the task or the host's facts say; `auto` when neither does. */
function chosenName({ args, env, keywords }: ActionCall, fact: string): string {
  const use = textArgument(args, 'use') ?? 'auto';
  if (use !== 'auto') return use;
  const facts =
    keywords.delegateTo === undefined
      ? 'ansible_facts'
      : `hostvars['${keywords.delegateTo}']['ansible_facts']`;
  try {
    const value = renderExpression(`${facts}.${fact}`, env);
    return value === null || isSpecial(value) ? 'auto' : str(value);
  } catch (error) {
    if (error instanceof TemplateError) return 'auto';
    throw error;
  }
}

/** Asks the host for one fact first. */
function asked(remote: Remote, fact: string, run: (name: string) => Promise<ActionReply>): RemoteRun {
  const args = new Map<Value, Value>([
    ['filter', fact],
    ['gather_subset', '!all'],
  ]);
  const answered = remote.run('setup', args, { hasMore: true }).then((reply) => {
    if (reply === 'discarded' || (isStop(reply) && reply.get('unreachable') === true)) return reply;
    const facts = reply.get('ansible_facts');
    return run(isDict(facts) ? (textArgument(facts, fact) ?? 'auto') : 'auto');
  });
  return { reply: answered, isWhole: false };
}

function runPackageModule(call: ActionCall, remote: Remote, name: string): Promise<ActionReply> {
  try {
    return remote.run(name, argumentsOf(call, name));
  } catch (error) {
    if (!(error instanceof ActionFailure)) throw error;
    throw actionFail(`Could not find a module for ${name}.`);
  }
}

/** What systemd has no use for. */
const WITHOUT_SYSTEMD = ['pattern', 'runlevel', 'sleep', 'arguments', 'args'];

function runServiceModule(call: ActionCall, remote: Remote, name: string): Promise<ActionReply> {
  const isKnown = name !== '' && name !== 'auto' && name !== 'service';
  if (!isKnown) return remote.run('service', argumentsOf(call, 'service'));
  const args = argumentsOf(call, name);
  const unused = name === 'systemd' ? WITHOUT_SYSTEMD.filter((each) => args.delete(each)) : [];
  const warnings = unused.map((each) => `Ignoring "${each}" as it is not used in "${name}"`);
  try {
    return remote.run(name, args).then((reply) => warned(reply, warnings));
  } catch (error) {
    if (!(error instanceof ActionFailure)) throw error;
    return remote.run('service', argumentsOf(call, 'service'));
  }
}

function warned(reply: ActionReply, warnings: readonly string[]): ActionReply {
  if (reply === 'discarded' || warnings.length === 0) return reply;
  const before = reply.get('warnings');
  return new Map<Value, Value>([
    ...reply,
    ['warnings', [...(Array.isArray(before) ? before : []), ...warnings]],
  ]);
}

/** The task's arguments over what `module_defaults` says for the module. */
function argumentsOf({ args, task, env }: ActionCall, module: string): Dict {
  const merged: Dict = new Map([...moduleDefaults(task, actionNames(shortName(module)), env), ...args]);
  merged.delete('use');
  return merged;
}
