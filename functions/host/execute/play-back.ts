/**
 * Plays a host's journal back: the same way through the play as the run that wrote it, with the ends that are noted
 * there. Nothing runs, and no arguments are rendered.
 */

import type { MetaEffect } from '../../../shared/wire/host-outcome.ts';
import type { OrderKey } from '../../../shared/wire/run-event.ts';
import type { HostAnswer, HostChange } from '../../../shared/wire/stage.ts';
import { shortName } from '../actions/action-name.ts';
import { untilThere } from './call-run.ts';
import { type Cursor, cursorKey, orderKey, type PlayTree, placeKey, taskAt } from './cursor.ts';
import { changedState } from './host-change.ts';
import type { StateChange } from './host-journal.ts';
import type { HostState, HostVars } from './host-state.ts';
import { runMeta } from './meta.ts';
import { resolveNext, treeOf, withEnd } from './next-place.ts';
import { withoutNotification } from './notify.ts';
import { isPassedOver } from './passed-over.ts';
import type { PlayContext } from './play-context.ts';
import { isSkippedResult, type Settled, stateAfter, withRole } from './progress.ts';
import type { RenderSite } from './render-site.ts';
import { environmentOf } from './task-environment.ts';

/** A place that a host came to, and what its tasks had set by then. */
export type PlacePassed = { readonly order: OrderKey; readonly vars: HostVars };

/** What has become of the host so far. */
export type PlayedBack = {
  state: HostState;
  readonly history: PlacePassed[];
  lastSettled: Settled | undefined;
  /** A task ended for which the controller has not had an answer. */
  unanswered: { readonly effect: MetaEffect | undefined } | undefined;
};

export type PlayBackSite = {
  readonly host: string;
  readonly context: PlayContext;
  /** What the task at a place sees in a state. */
  readonly siteAt: (place: string, state: HostState) => RenderSite;
};

/** The host after the changes, oldest first. Throws Error when they do not fit the project. */
export async function playBack(
  site: PlayBackSite,
  state: HostState,
  changes: readonly StateChange[],
): Promise<PlayedBack> {
  const played: PlayedBack = { state, history: [], lastSettled: undefined, unanswered: undefined };
  for (const change of changes) await untilThere(() => apply(site, played, change));
  return played;
}

function apply(site: PlayBackSite, played: PlayedBack, change: StateChange): void {
  switch (change.kind) {
    case 'ended':
      endTask(site, played, change);
      break;
    case 'changed':
      changeState(site, played, change.change);
      break;
    case 'answer':
      giveAnswer(site, played, change.answer);
      break;
    case 'agent':
    case 'answered':
    case 'slept':
      break;
    case 'entered':
      throw new Error(`the journal of ${site.host} enters a play twice`);
    default:
      change satisfies never;
  }
}

type Ended = Extract<StateChange, { readonly kind: 'ended' }>;
type Standing = { readonly tree: PlayTree; readonly cursor: Cursor; readonly site: RenderSite };

function endTask(site: PlayBackSite, played: PlayedBack, ended: Ended): void {
  const standing = walk(site, played, ended.place);
  const place = standing === undefined ? 'its end' : placeKey(standing.cursor, played.state);
  if (standing === undefined || place !== ended.place)
    throw new Error(
      `the journal of ${site.host} does not fit the project: it goes on at ${ended.place}, the play at ${place}`,
    );
  const task = taskAt(standing.tree, standing.cursor);
  const before = withoutNotification(played.state, task, standing.tree);
  if (shortName(task.action) === 'meta') endMeta(played, { ...standing, before }, ended);
  else endAction(played, { ...standing, before }, ended);
}

type EndedAt = Standing & { readonly before: HostState };

function endMeta(played: PlayedBack, { before, cursor, site, tree }: EndedAt, { end }: Ended): void {
  const task = taskAt(tree, cursor);
  const env = environmentOf({ ...site, task });
  const isChosen = !isSkippedResult(end.result);
  const { effect, state } = runMeta(before, task, { cursor, env, host: site.host, isChosen });
  played.state = state;
  // Without an effect nobody is told: the host went on to the next task.
  if (effect !== undefined) played.unanswered = { effect };
}

function endAction(played: PlayedBack, { before, cursor, site, tree }: EndedAt, ended: Ended): void {
  const { end, hasRun, notified } = ended;
  const task = taskAt(tree, cursor);
  const targets = { numbers: notified, unknown: [], warnings: [] };
  const settled = stateAfter(before, { task, cursor, tree, site: { ...site, task }, targets }, end);
  played.history.push({ order: orderKey(tree, cursor), vars: before.vars });
  played.state =
    hasRun === true ? { ...settled.state, ranRoles: withRole(settled.state, task) } : settled.state;
  played.lastSettled = settled;
  played.unanswered = { effect: undefined };
}

/**
 * Passes over what the host passed over, to `place` or to the next task that says something. Undefined at the end of
 * the play.
 */
function walk(site: PlayBackSite, played: PlayedBack, place?: string): Standing | undefined {
  for (;;) {
    const standing = stand(site, played);
    if (standing === undefined || placeKey(standing.cursor, played.state) === place) return standing;
    const { cursor, tree } = standing;
    const { state } = played;
    const task = taskAt(tree, cursor);
    const env = environmentOf({ ...standing.site, task });
    if (isPassedOver(task, { state, context: site.context, env }))
      played.state = { ...state, next: { kind: 'after', cursor } };
    else if (task.isImplicit === true && shortName(task.action) === 'meta')
      played.state = runMeta(withoutNotification(state, task, tree), task, {
        cursor,
        env,
        host: site.host,
      }).state;
    else return standing;
  }
}

function stand(site: PlayBackSite, played: PlayedBack): Standing | undefined {
  if (played.state.ended !== undefined) return undefined;
  const tree = treeOf(site.context, played.state);
  const place = resolveNext(tree, played.state);
  if (place.kind === 'end') return undefined;
  const { cursor } = place;
  if (played.state.startsAt === cursorKey(cursor)) played.state = { ...played.state, startsAt: undefined };
  return { tree, cursor, site: site.siteAt(placeKey(cursor, played.state), played.state) };
}

function changeState(site: PlayBackSite, played: PlayedBack, change: HostChange): void {
  const { state } = played;
  const siteAt = (place: string): RenderSite => site.siteAt(place, state);
  played.state = changedState({ context: site.context, state, siteAt }, change);
}

/** A host that waits has passed over all before the place where it does. */
function giveAnswer(site: PlayBackSite, played: PlayedBack, answer: HostAnswer): void {
  played.unanswered = undefined;
  const { outcome } = answer;
  if (outcome.kind === 'ended') played.state = { ...played.state, ended: outcome.how };
  if (outcome.kind === 'paused') played.state = withEnd(site.context, played.state);
  if (outcome.kind === 'waiting') walk(site, played);
}
