/** The `meta` actions, as changes of a host's state. */

import { everyKeyword } from '../../../shared/project/inheritance.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { isConditionTrue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import type { MetaEffect } from '../../../shared/wire/host-outcome.ts';
import type { Cursor } from './cursor.ts';
import type { HostState } from './host-state.ts';
import { metaName } from './meeting.ts';

export type MetaRun = { readonly state: HostState; readonly effect: MetaEffect | undefined };

/** Runs a meta task on one host. */
export function runMeta(state: HostState, task: Task, at: { cursor: Cursor; env: Environment }): MetaRun {
  const passed: HostState = { ...state, next: { kind: 'after', cursor: at.cursor } };
  const name = metaName(task, at.env);
  if (name === 'flush_handlers')
    return { state: { ...state, next: { kind: 'handlers', cursor: at.cursor } }, effect: undefined };
  const conditions = everyKeyword(task, 'when').flat();
  if (!conditions.every((condition) => isConditionTrue(condition, at.env)))
    return { state: passed, effect: undefined };
  switch (name) {
    case 'noop':
    case 'role_complete':
      return { state: passed, effect: undefined };
    case 'end_host':
      return { state: { ...passed, ended: 'done' }, effect: undefined };
    case 'clear_facts':
      return { state: { ...passed, vars: { ...passed.vars, facts: [] } }, effect: name };
    case 'end_play':
    case 'end_batch':
      return { state: { ...passed, ended: 'done' }, effect: name };
    case 'clear_host_errors':
    case 'refresh_inventory':
    case 'reset_connection':
      return { state: passed, effect: name };
    default:
      throw new TemplateError('runtime', 'AnsibleError', `invalid meta action requested: ${name}`);
  }
}
