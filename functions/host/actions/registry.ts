/** Which action a name stands for. A name without an action of its own is a module on the target. */

import type { ActionCall, LocalAction, RemoteAction } from './action.ts';
import { runAssemble } from './assemble.ts';
import { runAssert } from './assert.ts';
import { asyncStatus } from './async-status.ts';
import { addHost, groupBy } from './change-inventory.ts';
import { prepareChoice, runPackage, runService } from './chosen-module.ts';
import { runCopy } from './copy.ts';
import { runDebug } from './debug.ts';
import { runFail } from './fail.ts';
import { runFetch } from './fetch.ts';
import { gatherFacts } from './gather-facts.ts';
import { includeRole, includeTasks } from './include.ts';
import { includeVars } from './include-vars.ts';
import { runModule } from './module.ts';
import { runPause } from './pause.ts';
import { runRaw } from './raw.ts';
import { runScript } from './script.ts';
import { setFact } from './set-fact.ts';
import { setStats } from './set-stats.ts';
import { prepareTemplate, runTemplate } from './template.ts';
import { runUnarchive } from './unarchive.ts';
import { runUri } from './uri.ts';
import { validateArgumentSpec } from './validate-argument-spec.ts';
import { waitForConnection } from './wait-for-connection.ts';

const localActions: ReadonlyMap<string, LocalAction> = new Map([
  ['add_host', addHost],
  ['assert', runAssert],
  ['debug', runDebug],
  ['fail', runFail],
  ['group_by', groupBy],
  ['include', includeTasks],
  ['include_role', includeRole],
  ['include_tasks', includeTasks],
  ['include_vars', includeVars],
  ['set_fact', setFact],
  ['set_stats', setStats],
  ['validate_argument_spec', validateArgumentSpec],
]);

const remoteActions: ReadonlyMap<string, RemoteAction> = new Map([
  ['assemble', runAssemble],
  ['async_status', asyncStatus],
  ['copy', runCopy],
  ['fetch', runFetch],
  ['gather_facts', gatherFacts],
  ['package', runPackage],
  ['pause', runPause],
  ['raw', runRaw],
  ['script', runScript],
  ['service', runService],
  ['template', runTemplate],
  ['unarchive', runUnarchive],
  ['uri', runUri],
  ['wait_for_connection', waitForConnection],
]);

const READING_FILES_HERE = new Set(['assemble', 'copy', 'fetch', 'script', 'template', 'unarchive', 'uri']);

/** The action that needs no target, or undefined. */
export function findLocalAction(name: string): LocalAction | undefined {
  return localActions.get(name);
}

/** The action on the target: its own, or running the module of that name. */
export function findRemoteAction(name: string): RemoteAction {
  return remoteActions.get(name) ?? runModule;
}

/** Whether the name stands for more than running the module of that name. */
export function hasOwnAction(name: string): boolean {
  return localActions.has(name) || remoteActions.has(name);
}

/**
 * Does ahead what may have to wait, so that nothing of a loop has been sent when it does. Throws Suspension.
 */
export function prepareAction(call: ActionCall): void {
  if (call.name === 'template') prepareTemplate(call);
  if (call.name === 'package' || call.name === 'service') prepareChoice(call);
}

/** Whether the call reads or writes files of the machine that runs the playbook. */
export function readsFilesHere({ name, args }: ActionCall): boolean {
  return READING_FILES_HERE.has(name) && !(name === 'copy' && args.has('content'));
}

const ALONE = new Set(['pause', 'raw', 'wait_for_connection']);

/** Whether the action starts only when nothing else is on its way: it goes past the agent's order of requests. */
export function runsAlone(name: string): boolean {
  return ALONE.has(name);
}

/** All names that have an action of their own. */
export function actionsByName(): readonly string[] {
  return [...localActions.keys(), ...remoteActions.keys()];
}
