/** Starts the task at which a host stands: passes it over, meets the others first, or sends it on its way. */

import { RunAbort } from '../../../shared/base/abort.ts';
import { isDict, type Value } from '../../../shared/base/value.ts';
import { everyKeyword, nearestKeyword } from '../../../shared/project/inheritance.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { Template } from '../../../shared/template/python/special.ts';
import { Suspension, TemplateError } from '../../../shared/template/template-error.ts';
import type { MetaEffect } from '../../../shared/wire/host-outcome.ts';
import type { HostEvent, OrderKey, TaskHeader } from '../../../shared/wire/run-event.ts';
import type { ActionCall } from '../actions/action.ts';
import { shortName } from '../actions/action-name.ts';
import {
  findLocalAction,
  findRemoteAction,
  prepareAction,
  readsFilesHere,
  runsAlone,
} from '../actions/registry.ts';
import { shownBecome } from '../session/become-command.ts';
import { connectionOf } from './call-connection.ts';
import { isOnThisMachine } from './connection-target.ts';
import { type Cursor, type PlayTree, placeKey } from './cursor.ts';
import type { HostPorts } from './host-ports.ts';
import type { HostState } from './host-state.ts';
import { type Meeting, meetingAt, metaName } from './meeting.ts';
import { runMeta } from './meta.ts';
import { notifyTargets, withoutNotification } from './notify.ts';
import { isPassedOver } from './passed-over.ts';
import { type Cells, newCells, type Settled, stateAfter, stateAhead, type TaskAt } from './progress.ts';
import { createRemote, type RemoteTask, type Way } from './remote.ts';
import type { RenderSite } from './render-site.ts';
import type { RunLog } from './run-log.ts';
import { createMetaShow, createShow, type MetaShow, type Show } from './show.ts';
import type { TaskEnd, TaskPorts } from './task-end.ts';
import { environmentOf } from './task-environment.ts';
import { taskHeader, writtenTitle } from './task-header.ts';
import { renderKeywordFlag } from './task-keywords.ts';
import { startTask } from './task-run.ts';
import type { Ways } from './ways.ts';

/** A task that was started. */
export type Going = {
  readonly order: OrderKey;
  readonly header: TaskHeader;
  readonly before: HostState;
  readonly at: TaskAt;
  readonly end: Promise<TaskEnd | 'discarded'>;
  /** Known already, because no target was needed. */
  readonly settled: Settled | undefined;
  /** The state in which to go on at once; undefined when the result decides how. */
  readonly ahead: HostState | undefined;
  readonly cells: Cells | undefined;
  readonly show: Show;
  readonly isOnTheWay: boolean;
  /** The connections that it uses. */
  readonly traffic: TaskTraffic;
  /** Resolved when all before it has ended, and ended well. */
  readonly turn: PromiseWithResolvers<void>;
};

/** A connection, what the task's own replies say of its agent's epoch, and the keys of the task's requests. */
type WayUse = { readonly way: Way; readonly seen: { epoch: number }; readonly keys: string[] };

export type TaskTraffic = {
  /** By the way's key. */
  readonly ways: Map<string, WayUse>;
  isHere: boolean;
  isRaw: boolean;
};

export type StartedNode =
  | {
      readonly kind: 'meta';
      readonly state: HostState;
      readonly effect: MetaEffect | undefined;
      readonly show: MetaShow | undefined;
      /** Its conditions did not hold. */
      readonly isSkipped: boolean;
    }
  | { readonly kind: 'going'; readonly going: Going }
  | { readonly kind: 'meet'; readonly meeting: Meeting }
  | { readonly kind: 'passed'; readonly state: HostState };

/** What the host may do next, or why it cannot. */
export type Move =
  | { readonly kind: 'ended' | 'moved' }
  | ({ readonly kind: 'meet'; readonly order: OrderKey } & Meeting)
  | { readonly kind: 'effect'; readonly effect: MetaEffect }
  | { readonly kind: 'started'; readonly going: Going }
  | { readonly kind: 'wait'; readonly until: Promise<unknown> };

export type StartSite = {
  readonly site: RenderSite & { readonly task: Task };
  readonly state: HostState;
  readonly tree: PlayTree;
  readonly cursor: Cursor;
  readonly order: OrderKey;
  /** All hosts stand here. */
  readonly isMet: boolean;
  readonly ports: HostPorts;
  readonly ways: Ways;
  readonly log: RunLog;
  readonly inFlight: readonly Going[];
  readonly settled: () => Promise<void>;
};

/** Starts the node. Throws Suspension, before any effect, when something it needs is not there yet. */
export function startNode(start: StartSite): StartedNode {
  const { site, state, cursor } = start;
  const { task, context } = site;
  const env = environmentOf(site);
  const passed: HostState = { ...state, next: { kind: 'after', cursor } };
  if (isPassedOver(task, { state, context, env })) return { kind: 'passed', state: passed };
  const meeting = start.isMet ? undefined : meetingAt(task, context, env);
  if (meeting !== undefined) return { kind: 'meet', meeting };
  if (shortName(task.action) === 'meta') return startMeta(start, env);
  return { kind: 'going', going: startGoing(start, env) };
}

/** A meta task is over at once; those that were written show a banner. */
function startMeta(start: StartSite, env: Environment): StartedNode {
  const { site, state, cursor, log, order, ports } = start;
  const { task, host } = site;
  if (task.isHandler && metaName(task, env) === 'flush_handlers')
    throw new RunAbort('flush_handlers cannot be used as a handler', { isParserError: true });
  const run = runMeta(withoutNotification(state, task, start.tree), task, { cursor, env, host });
  const { effect, state: after } = run;
  const node = { kind: 'meta', state: after, effect, isSkipped: run.skippedMessage !== undefined } as const;
  if (task.isImplicit === true) return { ...node, show: undefined };
  const header = taskHeader(task, order, { env, isCheckMode: false });
  const emit = (event: HostEvent): void => log.emit(event);
  return { ...node, show: createMetaShow({ host, header, order, now: ports.clock.now, emit }, run) };
}

const VARIABLE = /^[A-Za-z_]\w*$/;

function startGoing(start: StartSite, env: Environment): Going {
  const { register } = start.site.task;
  if (register !== undefined && !VARIABLE.test(register))
    throw new RunAbort(`Invalid variable name in 'register' specified: '${register}'`);
  const { site, cursor, tree, order } = start;
  const { context, task } = site;
  const isCheckMode = checkModeOf(start, env);
  const header = taskHeader(task, order, { env, isCheckMode });
  const at: TaskAt = {
    task,
    cursor,
    tree,
    site,
    targets: notifyTargets(tree, task, (each) =>
      each === task ? env : environmentOf({ ...site, task: each }),
    ),
  };
  const show = createShow({
    host: site.host,
    header,
    order,
    now: start.ports.clock.now,
    emit: (event) => start.log.emit(event),
    ...(context.config('callback.default.show_per_host_start') === true
      ? { announced: writtenTitle(task) }
      : {}),
  });
  for (const text of conditionWarnings(task)) show.warn(text);
  const traffic: TaskTraffic = { ways: new Map(), isHere: false, isRaw: false };
  const before = withoutNotification(start.state, task, tree);
  const turn = Promise.withResolvers<void>();
  const seen = { ...site, warn: show.warn };
  const begun = startTask(seen, task, portsOf(start, show, { traffic, turn: turn.promise }));
  const common = { order, header, before, at, show, traffic, turn };
  if (begun.kind === 'over') {
    const settled = stateAfter(before, at, begun.end);
    return {
      ...common,
      end: Promise.resolve(begun.end),
      settled,
      ahead: settled.state,
      cells: undefined,
      isOnTheWay: false,
    };
  }
  // It may reject when nobody waits for it any more, because the run has broken already.
  begun.end.catch(() => undefined);
  const cells = newCells();
  const isOurs = nearestKeyword(task, 'delegateFacts') === undefined;
  const ahead = begun.isWhole && isOurs ? stateAhead(before, at, cells) : undefined;
  return {
    ...common,
    end: begun.end,
    settled: undefined,
    ahead,
    cells: begun.isWhole && isOurs ? cells : undefined,
    isOnTheWay: true,
  };
}

/** Conditions are templates already; delimiters in them are a mistake that mostly does no harm. */
function conditionWarnings(task: Task): readonly string[] {
  const conditions = [...everyKeyword(task, 'when').flat(), ...task.until];
  const results = [...(task.failedWhen ?? []), ...(task.changedWhen ?? []), ...assertionsOf(task)];
  return [...conditions, ...results].flatMap((condition) =>
    condition instanceof Template && !condition.isUnsafe
      ? [
          `conditional statements should not include jinja2 templating delimiters such as {{ }} or {% %}. Found: ${condition.source}`,
        ]
      : [],
  );
}

/** What an assert task lists; a text that gives such a list is rendered before. */
function assertionsOf(task: Task): readonly Value[] {
  const that = shortName(task.action) === 'assert' && isDict(task.args) ? task.args.get('that') : undefined;
  return Array.isArray(that) ? that : [];
}

/** Whether the banner says so; a keyword that cannot be rendered is the task's own failure later. */
function checkModeOf({ site }: StartSite, env: Environment): boolean {
  try {
    return renderKeywordFlag(site.task, 'checkMode', env) ?? site.context.settings.isCheckMode;
  } catch (error) {
    if (error instanceof TemplateError) return site.context.settings.isCheckMode;
    throw error;
  }
}

let lastGroup = 0;

type UnderWay = { readonly traffic: TaskTraffic; readonly turn: Promise<void> };

function portsOf(start: StartSite, show: Show, { traffic, turn }: UnderWay): TaskPorts {
  const { cursor, log, ports, site, state, ways } = start;
  lastGroup += 1;
  const group = lastGroup;
  const place = placeKey(cursor, state);
  const keyPrefix = ports.keyPrefix === undefined ? undefined : `${ports.keyPrefix}/${place}`;
  const last = Promise.resolve();
  const task: RemoteTask = { log, place, keyPrefix, turn, sleep: log.sleeper(place), last };
  return {
    local: findLocalAction,
    remote: findRemoteAction,
    connect: (call, of) => {
      const { target, become, hasTerminal, remoteTmp } = connectionOf(site, call);
      const { way, seen, keys } = useOf(traffic, ways.to(target));
      if (become !== undefined && site.context.settings.verbosity >= 3)
        show.tell(target.address, shownBecome(become));
      return createRemote(call, {
        way,
        seen,
        keys,
        become,
        remoteTmp,
        hasTerminal,
        group,
        task,
        place: of,
        forgets: ports.forgets?.(target) === true,
        modules: ports.modules,
      });
    },
    isOneWay: (calls) => checkTraffic(start, calls, traffic),
    onRetry: show.retry,
    onItem: show.item,
    onProgress: show.job,
    sleep: task.sleep,
  };
}

/** The task's use of a way, from its first time on. */
function useOf({ ways }: TaskTraffic, way: Way): WayUse {
  const known = ways.get(way.key) ?? { way, seen: { epoch: 0 }, keys: [] };
  ways.set(way.key, known);
  return known;
}

/** Waits for what is on its way when the calls go elsewhere, and notes which way they go. */
function checkTraffic(start: StartSite, calls: readonly ActionCall[], traffic: TaskTraffic): boolean {
  const busy = start.inFlight.filter((going) => going.isOnTheWay);
  for (const call of calls) {
    if (findLocalAction(call.name) !== undefined) continue;
    const { target } = connectionOf(start.site, call);
    const way = start.ways.to(target);
    useOf(traffic, way);
    traffic.isHere ||= isOnThisMachine(target) || call.name === 'fetch';
    traffic.isRaw ||= runsAlone(call.name) || start.ports.forgets?.(target) === true;
  }
  const mustWait = busy.some(
    ({ traffic: other }) =>
      other.isRaw ||
      traffic.isRaw ||
      [...traffic.ways.keys()].some((key) => !other.ways.has(key)) ||
      (other.isHere && calls.some(readsFilesHere)),
  );
  if (mustWait) throw new Suspension(start.settled(), 'tasks on another connection');
  for (const call of calls) prepareAction(call);
  const isReadingItsOwn = traffic.isHere && calls.length > 1 && calls.some(readsFilesHere);
  return traffic.ways.size <= 1 && !isReadingItsOwn;
}
