/** The `meta` actions, as changes of a host's state. */

import type { Value } from '../../../shared/base/value.ts';
import { everyKeyword } from '../../../shared/project/inheritance.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { isConditionTrue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import type { MetaEffect } from '../../../shared/wire/host-outcome.ts';
import type { Cursor } from './cursor.ts';
import type { HostState } from './host-state.ts';
import { metaName } from './meeting.ts';

/** What a meta task did: the state after it, what it asks of the play, and what `-vv` says of it. */
export type MetaRun = {
  readonly state: HostState;
  readonly effect: MetaEffect | undefined;
  readonly message: string;
  /** What the result of one whose condition did not hold says beside the reason; undefined when it was run. */
  readonly skippedMessage: string | undefined;
};

type MetaSite = {
  readonly cursor: Cursor;
  readonly env: Environment;
  readonly host: string;
  /** Whether its conditions hold, where that is known. */
  readonly isChosen?: boolean;
};

/** Actions that take no condition. */
const UNCONDITIONAL = new Set(['noop', 'refresh_inventory', 'reset_connection', 'role_complete']);

/** Runs a meta task on one host. */
export function runMeta(state: HostState, task: Task, site: MetaSite): MetaRun {
  const name = metaName(task, site.env);
  const conditions: readonly Value[] = everyKeyword(task, 'when').flat();
  const passed: HostState = { ...state, next: { kind: 'after', cursor: site.cursor } };
  const isChosen = (): boolean =>
    site.isChosen ?? conditions.every((condition) => isConditionTrue(condition, site.env));
  if (!UNCONDITIONAL.has(name) && !isChosen())
    return { state: passed, effect: undefined, ...skipped(name, site.host) };
  const run = (message: string, changes: Partial<HostState> = {}, effect?: MetaEffect): MetaRun => ({
    state: { ...passed, ...changes },
    effect,
    message,
    skippedMessage: undefined,
  });
  switch (name) {
    case 'flush_handlers': {
      const next = { kind: 'handlers', cursor: site.cursor } as const;
      return run(`triggered running handlers for ${site.host}`, { next });
    }
    case 'noop':
    case 'role_complete':
      return run(name);
    case 'end_host':
      return run(`ending play for ${site.host}`, { ended: 'done' });
    case 'clear_facts':
      return run('facts cleared', { vars: { ...state.vars, facts: [] } }, name);
    case 'end_play':
      return run('ending play', { ended: 'done' }, name);
    case 'end_batch':
      return run('ending batch', { ended: 'done' }, name);
    case 'clear_host_errors':
      return run(
        'cleared host errors',
        { next: forgiven(site.cursor), hasFailed: false, isDropped: false },
        name,
      );
    case 'refresh_inventory':
      return run('inventory successfully refreshed', {}, name);
    case 'reset_connection':
      return run('reset connection', {}, name);
    default:
      throw new TemplateError('runtime', 'AnsibleError', `invalid meta action requested: ${name}`);
  }
}

/** On from here as if nothing had failed: behind the always sections that a failure led to, too. */
function forgiven(cursor: Cursor): HostState['next'] {
  const frames = cursor.map((frame) => (frame.section === 'always' ? { ...frame, failed: false } : frame));
  return { kind: 'after', cursor: frames };
}

const CONTINUATIONS: Readonly<Record<string, (host: string) => string>> = {
  flush_handlers: (host) => `, not running handlers for ${host}`,
  clear_facts: (host) => `, not clearing facts and fact cache for ${host}`,
  clear_host_errors: (host) => `, not clearing host error state for ${host}`,
  end_batch: () => ', continuing current batch',
  end_play: () => ', continuing play',
  end_host: (host) => `, continuing execution for ${host}`,
};

/** Results name the action, but for end_host. */
function skipped(name: string, host: string): Pick<MetaRun, 'message' | 'skippedMessage'> {
  const message = `${name} conditional evaluated to False${CONTINUATIONS[name]?.(host) ?? ''}`;
  return { message, skippedMessage: name === 'end_host' ? message.replace('False', 'false') : name };
}
