/** Runs playbooks: play by play, batch by batch, over an engine. */

import type { Clock } from '../../shared/base/clock.ts';
import { type Diagnostic, hasErrors } from '../../shared/base/diagnostic.ts';
import type { Dict } from '../../shared/base/value.ts';
import type { BatchWork } from '../../shared/plan/batch-work.ts';
import { checkTargets, matchHosts } from '../../shared/project/host-pattern.ts';
import type { Inventory } from '../../shared/project/inventory/inventory.ts';
import { builderOptions } from '../../shared/project/inventory/inventory-builder.ts';
import { type ChangeReport, changeInventory } from '../../shared/project/inventory/result-changes.ts';
import type { Project } from '../../shared/project/load-project.ts';
import type { Play, Playbook } from '../../shared/project/model.ts';
import { reservedNames } from '../../shared/project/reserved-names.ts';
import { createFreeOrder } from '../../shared/report/free-order.ts';
import { createLinearizer } from '../../shared/report/linear-order.ts';
import { exitCodeOf, exitCodes } from '../../shared/wire/exit-code.ts';
import { createOrderBook } from '../../shared/wire/order-book.ts';
import { createRecap, type HostTally, type Recap } from '../../shared/wire/recap.ts';
import type { RunEvent } from '../../shared/wire/run-event.ts';
import type { Compare, Engine, EngineEvents } from './engine.ts';
import { describePlay, type PlayDescription } from './play-description.ts';
import { type BatchResult, runBatch } from './run-batch.ts';

export type RunDeps = {
  readonly project: Project;
  readonly openEngine: (events: EngineEvents) => Engine;
  readonly emit: (event: RunEvent) => void;
  readonly clock: Clock;
  /** The playbooks as the command names them. */
  readonly playbookNames: readonly string[];
  /** The hosts of an ad-hoc command, of which the limit must leave some; absent for playbooks. */
  readonly pattern?: string | undefined;
  readonly strategy: string | undefined;
  readonly isCheckMode: boolean;
  readonly askVars: (play: Play) => Promise<Dict>;
  readonly reloadInventory: () => Promise<Inventory>;
};

/** What is known across plays. */
type RunState = {
  inventory: Inventory;
  /** What add_host and group_by have done so far; it outlives a refresh of the inventory. */
  readonly changes: ChangeReport[];
  readonly failed: Set<string>;
  readonly unreachable: Set<string>;
  exitCode: number;
  readonly recap: Recap;
  readonly engine: Engine;
  route: EngineEvents;
};

/** Runs all playbooks and gives the exit code. Everything that happens goes to `emit`. */
export async function runPlaybooks(deps: RunDeps): Promise<number> {
  const { project } = deps;
  const recap = createRecap();
  const emit = (event: RunEvent): void => {
    recap.count(event);
    deps.emit(event);
  };
  const isWarned = project.config.flag('LOCALHOST_WARNING') && !isLocalhost(deps.pattern);
  const diagnostics = checkTargets(project.inventory, project.limit, deps.pattern).filter(
    ({ code, severity }) => isWarned || severity === 'error' || code !== 'no-hosts',
  );
  sayDiagnostics(diagnostics, emit);
  if (hasErrors(diagnostics)) return exitCodes.error;
  const routes: { current: EngineEvents } = { current: silentRoute };
  const engine = deps.openEngine({
    emit: (event) => routes.current.emit(event),
    arrive: (host, order) => routes.current.arrive(host, order),
    tally: (tallies) => routes.current.tally(tallies),
  });
  const state: RunState = {
    inventory: project.inventory,
    changes: [],
    failed: new Set(),
    unreachable: new Set(),
    exitCode: exitCodes.ok,
    recap,
    engine,
    get route() {
      return routes.current;
    },
    set route(route) {
      routes.current = route;
    },
  };
  try {
    for (const playbook of project.playbooks) {
      await runPlaybook(playbook, state, { ...deps, emit });
      if (state.exitCode !== exitCodes.ok) break;
    }
    sayMissingStart(engine, emit);
  } finally {
    await engine.close();
  }
  return state.exitCode;
}

function sayMissingStart(engine: Engine, emit: RunDeps['emit']): void {
  const name = engine.missingStart();
  if (name === undefined) return;
  const text = `No matching task "${name}" found. Note: --start-at-task can only follow static includes.`;
  emit({ kind: 'message', level: 'error', text });
}

/** An ad-hoc command that names the implicit localhost needs no inventory. */
function isLocalhost(pattern: string | undefined): boolean {
  return pattern !== undefined && ['127.0.0.1', '::1', 'localhost'].includes(pattern);
}

const silentRoute: EngineEvents = {
  emit: () => undefined,
  arrive: () => undefined,
  tally: () => undefined,
};

async function runPlaybook(playbook: Playbook, state: RunState, deps: RunDeps): Promise<void> {
  const { path, plays } = playbook;
  const name = deps.playbookNames[deps.project.playbooks.indexOf(playbook)] ?? path;
  deps.emit({ kind: 'playbook-started', path, summary: { name, plays: plays.length } });
  for (const play of playbook.plays) {
    const isBroken = await runPlay(play, state, deps);
    if (isBroken) break;
  }
  const { recap } = state;
  deps.emit({
    kind: 'playbook-finished',
    at: deps.clock.now(),
    recap: recap.lines(),
    customStats: recap.customStats(),
  });
}

/** True when the run ends with this play. */
async function runPlay(play: Play, state: RunState, deps: RunDeps): Promise<boolean> {
  const promptVars = await deps.askVars(play);
  const description = describePlay(play, { project: deps.project, promptVars, strategy: deps.strategy });
  const hosts = playHosts(description, state, deps);
  const names = [
    ...(play.keywords.vars ?? new Map()).keys(),
    ...deps.project.extraVars.keys(),
    ...promptVars.keys(),
  ];
  for (const name of reservedNames(names))
    deps.emit({ kind: 'message', level: 'warning', text: `Found variable using reserved name: ${name}` });
  const startPlay = (): void =>
    deps.emit({
      kind: 'play-started',
      at: deps.clock.now(),
      title: description.title,
      hosts,
      isCheckMode: description.isCheckMode ?? deps.isCheckMode,
      isFree: description.isFree,
    });
  if (hosts.length === 0) {
    startPlay();
    deps.emit({ kind: 'no-hosts-matched' });
    return false;
  }
  for (const batch of serialBatches(hosts, description.serial)) {
    const left = batch.filter((host) => !state.failed.has(host) && !state.unreachable.has(host));
    startPlay();
    if (left.length === 0) continue;
    const before = state.failed.size + state.unreachable.size;
    const result = await runOneBatch({ play, description, promptVars, hosts, batch: left }, state, deps);
    noteResult(result, state);
    const lost = state.failed.size + state.unreachable.size - before;
    // Ansible says it for the percentage, and again because nobody is left.
    if (result.isAboveMax) deps.emit({ kind: 'no-hosts-left' });
    if (result.isBroken) deps.emit({ kind: 'no-hosts-left' });
    if (result.isBroken || lost === batch.length) return true;
    if (result.isPlayOver) return false;
  }
  return false;
}

type OneBatch = {
  readonly play: Play;
  readonly description: PlayDescription;
  readonly promptVars: Dict;
  readonly hosts: readonly string[];
  readonly batch: readonly string[];
};

async function runOneBatch(one: OneBatch, state: RunState, deps: RunDeps): Promise<BatchResult> {
  const { play, description, batch, hosts } = one;
  const book = createOrderBook();
  const isLost = (host: string): boolean => state.failed.has(host) || state.unreachable.has(host);
  const order = description.isFree ? undefined : createLinearizer(batch, book, deps.emit);
  const tally: EngineEvents['tally'] = (tallies) => countTallies(tallies, state.recap, book.compare);
  state.route =
    order === undefined
      ? { emit: createFreeOrder(deps.emit), arrive: () => undefined, tally }
      : { emit: order.take, arrive: order.arrive, tally };
  const work: BatchWork = {
    play,
    inventory: state.inventory,
    promptVars: one.promptVars,
    gathersFacts: description.gathersFacts,
    isLockStep: description.isLockStep,
    hosts: { all: hosts, active: hosts.filter((host) => !isLost(host)), batch },
    batchSize: batch.length,
    maxFailPercentage: description.maxFailPercentage,
  };
  const options = builderOptions(deps.project.config);
  const changed = (before: Inventory, changes: readonly ChangeReport[]): Inventory =>
    changeInventory(before, changes, options).inventory;
  return runBatch(work, {
    engine: state.engine,
    book,
    isFree: description.isFree,
    emit: deps.emit,
    onEnd: (host) => order?.end(host),
    changeInventory: (inventory, changes) => {
      for (const change of changes) state.changes.push(change);
      return changed(inventory, changes);
    },
    refreshInventory: async () => changed(await deps.reloadInventory(), state.changes),
  });
}

/** Counts what hosts elsewhere have counted: set_stats in the order of linear strategy, as it is without them. */
function countTallies(tallies: readonly HostTally[], recap: Recap, compare: Compare): void {
  const given = tallies.flatMap(({ customStats }) => customStats ?? []);
  recap.add(
    tallies.flatMap((tally) => tally.recap ?? []),
    given.toSorted((left, right) => compare(left.order, right.order)),
  );
}

function noteResult(result: BatchResult, state: RunState): void {
  for (const host of result.failed) state.failed.add(host);
  for (const host of result.unreachable) state.unreachable.add(host);
  state.inventory = result.inventory;
  state.exitCode = exitCodeOf({
    failed: state.failed.size,
    unreachable: state.unreachable.size,
    isBroken: result.isBroken,
  });
  for (const host of result.dropped) state.failed.add(host);
}

function playHosts(description: PlayDescription, state: RunState, deps: RunDeps): readonly string[] {
  const { project } = deps;
  const mismatch = project.config.text('HOST_PATTERN_MISMATCH');
  const { value, diagnostics } = matchHosts(description.pattern, state.inventory, {
    limit: project.limit,
    order: description.order,
    mismatch: mismatch === 'error' || mismatch === 'ignore' ? mismatch : 'warning',
    randomBytes: deps.clock.randomBytes,
  });
  sayDiagnostics(diagnostics, deps.emit);
  return value;
}

/** The sizes of `serial` applied in turn; the last one holds for the rest. */
function serialBatches(
  hosts: readonly string[],
  serial: readonly (number | 'all' | { percent: number })[],
): readonly (readonly string[])[] {
  const sizes = serial.length === 0 ? ['all' as const] : serial;
  const batches: (readonly string[])[] = [];
  let rest = hosts;
  for (let index = 0; rest.length > 0; index += 1) {
    const size = sizes[Math.min(index, sizes.length - 1)] ?? 'all';
    const count =
      size === 'all'
        ? rest.length
        : typeof size === 'number'
          ? size
          : Math.max(Math.floor((size.percent / 100) * hosts.length), 1);
    batches.push(rest.slice(0, count <= 0 ? rest.length : count));
    rest = count <= 0 ? [] : rest.slice(count);
  }
  return batches;
}

function sayDiagnostics(diagnostics: readonly Diagnostic[], emit: (event: RunEvent) => void): void {
  for (const { severity, message } of diagnostics) emit({ kind: 'message', level: severity, text: message });
}
