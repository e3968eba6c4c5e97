/** Starts the task at which a host stands: passes it over, meets the others first, or sends it on its way. */

import { RunAbort } from '../../../shared/base/abort.ts';
import { isGatheringTask } from '../../../shared/plan/play-nodes.ts';
import { isSelected } from '../../../shared/plan/tags.ts';
import { everyKeyword, nearestKeyword } from '../../../shared/project/inheritance.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { Template } from '../../../shared/template/special.ts';
import { Suspension, TemplateError } from '../../../shared/template/template-error.ts';
import type { MetaEffect } from '../../../shared/wire/host-outcome.ts';
import type { OrderKey, TaskHeader } from '../../../shared/wire/run-event.ts';
import type { ActionCall } from '../actions/action.ts';
import { shortName } from '../actions/action-name.ts';
import {
  findLocalAction,
  findRemoteAction,
  prepareAction,
  readsFilesHere,
  runsAlone,
} from '../actions/registry.ts';
import { connectionOf } from './call-connection.ts';
import { isOnThisMachine } from './connection-target.ts';
import type { Cursor, PlayTree } from './cursor.ts';
import type { HostPorts } from './host-ports.ts';
import { arrivedFacts, type HostState } from './host-state.ts';
import { type Meeting, meetingAt, metaName } from './meeting.ts';
import { runMeta } from './meta.ts';
import { notifyTargets } from './notify.ts';
import { type Cells, newCells, type Settled, stateAfter, stateAhead, type TaskAt } from './progress.ts';
import { createRemote, type Way } from './remote.ts';
import type { RenderSite } from './render-site.ts';
import { createMetaShow, createShow, type MetaShow, type Show } from './show.ts';
import type { TaskEnd, TaskPorts } from './task-end.ts';
import { environmentOf } from './task-environment.ts';
import { taskHeader, writtenTitle } from './task-header.ts';
import { renderKeywordFlag } from './task-keywords.ts';
import { startTask } from './task-run.ts';
import { taskTags } from './task-tags.ts';
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
};

export type TaskTraffic = {
  /** By key: the connections, and what the task's own replies say of their agents' epochs. */
  readonly ways: Map<string, { readonly way: Way; readonly seen: { epoch: number } }>;
  isHere: boolean;
  isRaw: boolean;
};

export type StartedNode =
  | {
      readonly kind: 'meta';
      readonly state: HostState;
      readonly effect: MetaEffect | undefined;
      readonly show: MetaShow | undefined;
    }
  | { readonly kind: 'going'; readonly going: Going }
  | { readonly kind: 'meet'; readonly meeting: Meeting }
  | { readonly kind: 'passed'; readonly state: HostState };

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
  readonly inFlight: readonly Going[];
  readonly settled: () => Promise<void>;
};

/** Starts the node. Throws Suspension, before any effect, when something it needs is not there yet. */
export function startNode(start: StartSite): StartedNode {
  const { site, state, cursor } = start;
  const { task, context } = site;
  const env = environmentOf(site);
  const passed: HostState = { ...state, next: { kind: 'after', cursor } };
  if (isPassedOver(start, env)) return { kind: 'passed', state: passed };
  const meeting = start.isMet ? undefined : meetingAt(task, context, env);
  if (meeting !== undefined) return { kind: 'meet', meeting };
  if (shortName(task.action) === 'meta') return startMeta(start, env);
  return { kind: 'going', going: startGoing(start, env) };
}

/** A meta task is over at once; those that were written show a banner. */
function startMeta(start: StartSite, env: Environment): StartedNode {
  const { site, state, cursor, order, ports } = start;
  const { task, host } = site;
  if (task.isHandler && metaName(task, env) === 'flush_handlers')
    throw new RunAbort('flush_handlers cannot be used as a handler', { isParserError: true });
  const run = runMeta(withoutNotification(state, task, start.tree), task, { cursor, env, host });
  if (task.isImplicit === true) return { kind: 'meta', ...run, show: undefined };
  const header = taskHeader(task, order, { env, isCheckMode: false });
  return {
    kind: 'meta',
    ...run,
    show: createMetaShow({ host, header, order, now: ports.clock.now, emit: ports.emit }, run),
  };
}

/** Before the task to start at, not selected by tags, facts that are there already, or of a role that has run before. */
function isPassedOver({ site, state }: StartSite, env: Environment): boolean {
  const { task, context } = site;
  if (state.startsAt !== undefined && !isGatheringTask(task)) return true;
  const { tags, skipTags } = context.settings;
  const isChosen = task.isHandler || isSelected(taskTags(task, env), { only: tags, skip: skipTags });
  if (!isChosen) return true;
  if (isGatheringTask(task) && context.isSmartGathering && hasFacts(state)) return true;
  const { role } = task;
  const first = role === undefined ? undefined : state.ranRoles.get(role.identity);
  return role !== undefined && first !== undefined && first !== role && !role.allowDuplicates;
}

const VARIABLE = /^[A-Za-z_]\w*$/;

/** Whether facts were gathered on the host, in this run or in one whose facts are kept. */
function hasFacts({ vars }: HostState): boolean {
  return vars.facts.some((layer) => arrivedFacts(layer)?.has('_ansible_facts_gathered') === true);
}

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
    emit: start.ports.emit,
    ...(context.config('callback.default.show_per_host_start') === true
      ? { announced: writtenTitle(task) }
      : {}),
  });
  for (const text of conditionWarnings(task)) show.warn(text);
  const traffic: TaskTraffic = { ways: new Map(), isHere: false, isRaw: false };
  const before = withoutNotification(start.state, task, tree);
  const begun = startTask(site, task, portsOf(start, show, traffic));
  const common = { order, header, before, at, show, traffic };
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
  const results = [...(task.failedWhen ?? []), ...(task.changedWhen ?? [])];
  return [...conditions, ...results].flatMap((condition) =>
    condition instanceof Template
      ? [
          `conditional statements should not include jinja2 templating delimiters such as {{ }} or {% %}. Found: ${condition.source}`,
        ]
      : [],
  );
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

/** A handler that runs is no longer notified. */
function withoutNotification(state: HostState, task: Task, tree: PlayTree): HostState {
  if (!task.isHandler || state.notified.size === 0) return state;
  const number = tree.handlerNumber(task);
  if (number === undefined || !state.notified.has(number)) return state;
  const notified = new Map(state.notified);
  notified.delete(number);
  return { ...state, notified };
}

let lastGroup = 0;

function portsOf(start: StartSite, show: Show, traffic: TaskTraffic): TaskPorts {
  const { site, ports, ways } = start;
  lastGroup += 1;
  const group = lastGroup;
  return {
    local: findLocalAction,
    remote: findRemoteAction,
    connect: (call, of) => {
      const { target, become, hasTerminal, remoteTmp } = connectionOf(site, call);
      const way = ways.to(target);
      const seen = traffic.ways.get(way.key)?.seen ?? { epoch: 0 };
      return createRemote(call, {
        way,
        seen,
        become,
        remoteTmp,
        hasTerminal,
        group,
        ...of,
        modules: ports.modules,
        sleep: ports.clock.sleep,
      });
    },
    isOneWay: (calls) => checkTraffic(start, calls, traffic),
    onRetry: show.retry,
    onItem: show.item,
    onProgress: show.job,
    sleep: (ms) => ports.clock.sleep(ms),
  };
}

/** Waits for what is on its way when the calls go elsewhere, and notes which way they go. */
function checkTraffic(start: StartSite, calls: readonly ActionCall[], traffic: TaskTraffic): boolean {
  const busy = start.inFlight.filter((going) => going.isOnTheWay);
  for (const call of calls) {
    if (findLocalAction(call.name) !== undefined) continue;
    const { target } = connectionOf(start.site, call);
    const way = start.ways.to(target);
    if (!traffic.ways.has(way.key)) traffic.ways.set(way.key, { way, seen: { epoch: 0 } });
    traffic.isHere ||= isOnThisMachine(target) || call.name === 'fetch';
    traffic.isRaw ||= runsAlone(call.name);
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
