/** Changes of a host's state that its controller asks for: another host's result, facts given or cleared. */

import type { SharedEnd } from '../../../shared/wire/host-outcome.ts';
import type { HostChange } from '../../../shared/wire/stage.ts';
import { placeKey, taskAt } from './cursor.ts';
import type { HostState, HostVars } from './host-state.ts';
import { resolveNext, treeOf } from './next-place.ts';
import type { PlayContext } from './play-context.ts';
import { adoptEnd } from './progress.ts';
import type { RenderSite } from './render-site.ts';
import { addResultFacts } from './result-facts.ts';

type ChangedAt = {
  /** Undefined outside a play. */
  readonly context: PlayContext | undefined;
  readonly state: HostState;
  /** What the task at a place sees. */
  readonly siteAt: (place: string) => RenderSite;
};

/** The state after a change. */
export function changedState(at: ChangedAt, change: HostChange): HostState {
  if (change.kind === 'adopt') return adoptedState(at, change.end);
  return { ...at.state, vars: changedVars(at.state.vars, change) };
}

/** The state of a host that takes over the end of the task at which all hosts met, as if it had run it. */
function adoptedState({ context, state, siteAt }: ChangedAt, end: SharedEnd): HostState {
  if (context === undefined) throw new Error('a host outside a play stands at no task');
  const tree = treeOf(context, state);
  const place = resolveNext(tree, state);
  if (place.kind === 'end') return state;
  const { cursor } = place;
  const targets = { numbers: [], unknown: [], warnings: [] };
  const site = siteAt(placeKey(cursor, state));
  return adoptEnd(state, { task: taskAt(tree, cursor), cursor, tree, site, targets }, end);
}

/** The variables after a change. What others have run for the host counts only at the place where it waited for them. */
export function changedVars(vars: HostVars, change: HostChange): HostVars {
  switch (change.kind) {
    case 'adopt':
      return vars;
    case 'clear-facts':
      return { ...vars, facts: [] };
    case 'give':
      return addResultFacts(vars, change.gift);
    default:
      return change satisfies never;
  }
}
