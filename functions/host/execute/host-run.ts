/**
 * One host's way through a play: runs ahead of its own results, and goes back when one of them is a failure.
 *
 * Tasks are started one after another without waiting for results. Each start makes a new state from the one before,
 * in which results on their way are `Pending`. Results settle strictly in order; a failure drops all states made after
 * it (the agent has discarded their requests), and the host goes on from the failure.
 */

import { limits } from '../../../shared/base/limits.ts';
import { Suspension } from '../../../shared/template/template-error.ts';
import type { HostOutcome, MetaEffect, Reach } from '../../../shared/wire/host-outcome.ts';
import type { OrderKey } from '../../../shared/wire/run-event.ts';
import type { HostChange } from '../../../shared/wire/stage.ts';
import { isUnreachable } from './conclude-result.ts';
import { type Cursor, cursorKey, orderKey, type PlayTree, placeKey, taskAt } from './cursor.ts';
import { createForgetting, type Forgetting } from './forgetting.ts';
import { changedState, changedVars } from './host-change.ts';
import type { StateChange } from './host-journal.ts';
import type { HostPorts } from './host-ports.ts';
import { freshState, type HostState, type HostVars, noVars, varsAtRest } from './host-state.ts';
import { metTask } from './met-task.ts';
import { endOf, isSheltered, orderOf, resolveNext, treeOf, withEnd } from './next-place.ts';
import { type NotedEnd, notedEnd, notedMeta } from './noted-end.ts';
import { notifiedHandlers } from './notify.ts';
import { type PlacePassed, type PlayedBack, playBack } from './play-back.ts';
import type { PlayContext } from './play-context.ts';
import { type Settled, settleCells, stateAfter } from './progress.ts';
import type { RenderSite } from './render-site.ts';
import { givesLastingFacts } from './result-facts.ts';
import { forever, RunLog } from './run-log.ts';
import { type Going, type Move, startNode } from './start-node.ts';
import { startPlace } from './start-place.ts';
import type { TaskEnd } from './task-end.ts';
import { rememberAnswers } from './task-memory.ts';
import { isChanged, outcomeOf } from './task-outcome.ts';
import { taskSite } from './task-site.ts';
import { allFacts } from './variable-layers.ts';
import { createWays, type Ways } from './ways.ts';

const TASKS_BETWEEN_BREATHS = 16;

export class HostRun {
  readonly host: string;
  readonly #ports: HostPorts;
  readonly #ways: Ways;
  #context: PlayContext | undefined;
  #state: HostState;
  #history: PlacePassed[] = [];
  #inFlight: Going[] = [];
  #tail: Promise<void> = Promise.resolve();
  #generation = 0;
  #interruption: PromiseWithResolvers<void> = Promise.withResolvers();
  #broken: { readonly error: unknown } | undefined;
  #giveUp: (nothing: undefined) => void = () => undefined;
  #lastSettled: Settled | undefined;
  /** Played back from the journal: the controller waits for the answer to it. */
  #unanswered: PlayedBack['unanswered'];
  #started = 0;
  readonly #log: RunLog;
  readonly #forgetting: Forgetting;
  /** Answers to the templates of the task at hand, kept while it is rendered again and again. */
  #memory = { key: '', memory: rememberAnswers() };

  constructor(host: string, ports: HostPorts) {
    this.host = host;
    this.#ports = ports;
    this.#log = new RunLog(ports, (error) => this.#break(error));
    this.#ways = createWays({ connect: ports.connect, onReset: (way) => this.#log.agentReset(way) });
    this.#forgetting = createForgetting({ log: this.#log, ways: this.#ways });
    const cached = ports.factCache.read(host);
    this.#state = freshState(cached === undefined ? noVars : { ...noVars, facts: [cached] });
  }

  get state(): HostState {
    return this.#state;
  }

  /**
   * Starts a play; variables that tasks have set are kept. With `startAt`, a task's name or a glob, the host does
   * nothing before that task, and nothing at all when the play has none. False then.
   */
  enterPlay(context: PlayContext, startAt?: string): boolean {
    this.#context = context;
    this.#history = [];
    this.#memory = { key: '', memory: rememberAnswers() };
    const state = freshState(this.#state.vars);
    this.#state = state;
    if (startAt === undefined) return true;
    const startsAt = startPlace(treeOf(context, state), startAt);
    this.#state = startsAt === undefined ? { ...state, ended: 'done' } : { ...state, startsAt };
    return startsAt !== undefined;
  }

  /**
   * Takes up what a journal says, from the entering of the present play on: the same state, without running anything.
   * Throws Error when it does not fit the project.
   */
  async restore(context: PlayContext, changes: readonly StateChange[]): Promise<void> {
    const [entered, ...rest] = changes;
    if (entered?.kind !== 'entered') throw new Error(`the journal of ${this.host} enters no play`);
    this.#state = { ...this.#state, vars: entered.vars };
    this.enterPlay(context, entered.startAt);
    for (const change of rest) this.#log.remember(change);
    const siteAt = (place: string, state: HostState): RenderSite => this.#site(place, state, true);
    const played = await playBack({ host: this.host, context, siteAt }, this.#state, rest);
    this.#state = played.state;
    this.#history = played.history;
    this.#lastSettled = played.lastSettled;
    this.#unanswered = played.unanswered;
  }

  /** What its tasks have set, for the next play; nothing may be on its way. */
  snapshot(): HostVars {
    return varsAtRest(this.#state.vars);
  }

  /** The variables of a host outside a play after a change that its controller asks for. */
  static readonly changedVars: (vars: HostVars, change: HostChange) => HostVars = changedVars;

  /** Others play without it: what its tasks have set holds for them from the start. */
  rest(): void {
    this.#history = [];
  }

  /** Goes on with what the controller changed: the inventory, the hosts still in the play. */
  update(context: PlayContext): void {
    this.#context = context;
  }

  /** Changes the state between stages: what another host's run_once gave, facts given or cleared. */
  change(change: HostChange): void {
    const state = this.#state;
    const siteAt = (place: string): RenderSite => this.#site(place, state, true);
    this.#state = changedState({ context: this.#context, state, siteAt }, change);
  }

  /** Ends the play for the host. */
  end(): void {
    this.#state = { ...this.#state, ended: 'done' };
  }

  /** Whether it goes on in a rescue or always section: a failure that is fatal for all lets it do so. */
  isSheltered(): boolean {
    return isSheltered(this.#requireContext(), this.#state);
  }

  /** What tasks had set on this host when it came to the first place for which `isReached` holds, or now. */
  varsAt(isReached: (order: OrderKey) => boolean): HostVars {
    return this.#history.find((entry) => isReached(entry.order))?.vars ?? this.#state.vars;
  }

  /** Runs until the host ended, must meet the others, or did its one task. */
  async run(reach: Reach): Promise<HostOutcome> {
    const unanswered = this.#unanswered;
    this.#unanswered = undefined;
    if (reach === 'one' && unanswered !== undefined) return this.#pause(unanswered.effect);
    try {
      return await this.#goOn(reach);
    } finally {
      this.#log.tell();
    }
  }

  async #goOn(reach: Reach): Promise<HostOutcome> {
    for (;;) {
      if (this.#broken !== undefined) throw this.#broken.error;
      if (this.#log.isOver) await forever();
      const move = this.#move(reach === 'one');
      if (move.kind === 'wait') await Promise.race([move.until, this.#interruption.promise]);
      else if (move.kind === 'effect') {
        if (reach === 'one') return this.#pause(move.effect);
        if ((await this.#settleAll()) && move.effect === 'reset_connection')
          await this.#ways.reset(this.host);
      } else if (move.kind === 'started') {
        if (reach === 'one') return this.#pause(undefined);
        await this.#breathe(move.going);
      } else if (move.kind !== 'moved' && (await this.#settleAll())) {
        if (move.kind === 'meet') this.#log.arrive(move.order);
        return move.kind === 'meet'
          ? { ...move, kind: 'waiting' }
          : { kind: 'ended', how: this.#state.ended ?? 'done', isFatalForAll: this.#endedFatally() };
      }
    }
  }

  async close(): Promise<void> {
    await this.#ways.close();
  }

  /** When it goes on by itself, in ms since the epoch; undefined unless all it waits for is the end of pauses. */
  sleepingUntil(): number | undefined {
    return this.#log.sleepingUntil();
  }

  /** Stops without ending agents that are kept: it takes no more results, and nothing can be done with it any more. */
  async leave(): Promise<void> {
    this.#forgetting.tell();
    this.#log.leave();
    await this.#forgetting.told();
    await this.#ways.detach();
  }

  async #pause(effect: MetaEffect | undefined): Promise<HostOutcome> {
    await this.#settleAll();
    this.#state = withEnd(this.#requireContext(), this.#state);
    const met = metTask(effect === undefined ? this.#lastSettled : undefined, effect, this.#state);
    return { kind: 'paused', met };
  }

  #endedFatally(): boolean {
    const settled = this.#lastSettled;
    if (settled === undefined || this.#state.ended === 'done') return false;
    return metTask(settled, undefined, this.#state).isFatalForAll;
  }

  /** Waits for all results on their way. False when one of them made the host go elsewhere. */
  async #settleAll(): Promise<boolean> {
    const generation = this.#generation;
    await this.#tail;
    if (this.#broken !== undefined) throw this.#broken.error;
    return generation === this.#generation;
  }

  /** The one place where a host's state moves forward. */
  #move(isMet: boolean): Move {
    const state = this.#state;
    const context = this.#requireContext();
    if (state.ended !== undefined) return { kind: 'ended' };
    try {
      const tree = treeOf(context, state);
      const place = resolveNext(tree, state);
      if (place.kind === 'end') {
        this.#state = { ...state, ended: endOf(place, state) };
        return { kind: 'ended' };
      }
      return this.#startAt(tree, { cursor: place.cursor, isMet });
    } catch (error) {
      if (!(error instanceof Suspension)) throw error;
      if (error.until !== 'sync') return { kind: 'wait', until: error.until };
      return { kind: 'meet', order: orderOf(context, this.#state), reason: error.reason, isOnce: false };
    }
  }

  #startAt(tree: PlayTree, at: { cursor: Cursor; isMet: boolean }): Move {
    if (this.#state.startsAt === cursorKey(at.cursor)) this.#state = { ...this.#state, startsAt: undefined };
    const state = this.#state;
    const order = orderKey(tree, at.cursor);
    const site = this.#site(placeKey(at.cursor, state), state, at.isMet);
    const node = startNode({
      site: { ...site, task: taskAt(tree, at.cursor) },
      state,
      tree,
      cursor: at.cursor,
      order,
      isMet: at.isMet,
      ports: this.#ports,
      ways: this.#ways,
      log: this.#log,
      inFlight: this.#inFlight,
      settled: () => this.#tail,
    });
    switch (node.kind) {
      case 'meet':
        return { kind: 'meet', order, ...node.meeting };
      case 'passed':
        this.#state = node.state;
        return { kind: 'moved' };
      case 'meta':
        this.#state = node.state;
        if (node.show !== undefined) this.#say(order, node.show, notedMeta(placeKey(at.cursor, state), node));
        if (node.effect === 'clear_facts') this.#ports.factCache.write(this.host, new Map());
        return node.effect === undefined ? { kind: 'moved' } : { kind: 'effect', effect: node.effect };
      case 'going':
        this.#enqueue(node.going);
        return { kind: 'started', going: node.going };
      default:
        return node satisfies never;
    }
  }

  /** Shows something in its turn. */
  #say(order: OrderKey, show: () => void, end: NotedEnd): void {
    const generation = this.#generation;
    this.#tail = this.#tail.then(() => {
      if (!this.#isCurrent(generation)) return;
      this.#log.arrive(order);
      show();
      this.#log.ended(end, true);
    });
  }

  #enqueue(going: Going): void {
    const generation = this.#generation;
    this.#history.push({ order: going.order, vars: going.before.vars });
    const placesPassed = this.#history.length;
    this.#inFlight = [...this.#inFlight, going];
    if (going.ahead !== undefined) this.#state = going.ahead;
    this.#started += 1;
    this.#tail = this.#tail
      .then(() => (this.#isCurrent(generation) ? this.#settle(going, placesPassed) : undefined))
      .catch((error: unknown) => this.#break(error))
      .finally(() => {
        this.#inFlight = this.#inFlight.filter((each) => each !== going);
      });
  }

  /** Whether what was started then still counts: the host has neither turned back nor come to the run's end. */
  #isCurrent(generation: number): boolean {
    return generation === this.#generation && this.#broken === undefined && !this.#log.isOver;
  }

  /** Takes a result in its turn: shows it, gives it to those that wait for it, and turns back after a failure. */
  async #settle(going: Going, placesPassed: number): Promise<void> {
    this.#log.arrive(going.order);
    going.show.begin();
    going.turn.resolve();
    const end = await this.#unlessBroken(going.end);
    if (this.#log.isOver) await forever();
    if (end === undefined) return;
    if (end === 'discarded') throw new Error(`the result of ${going.header.title} was discarded out of turn`);
    if (isChanged(end.result)) for (const text of going.at.targets.warnings) going.show.warn(text);
    const settled = going.settled ?? stateAfter(going.before, going.at, end);
    this.#lastSettled = settled;
    if (isChanged(settled.end.result)) going.show.notified(notifiedHandlers(going.at, going.before));
    const { includeError } = settled;
    if (includeError?.isRole === true) going.show.error(includeError.text);
    else {
      const outcome = outcomeOf(this.host, settled.end, settled.fate);
      going.show.finish(outcome, settled.included, includeError !== undefined);
    }
    this.#noteEnd(going, end, settled);
    if (going.cells !== undefined && !settled.isStop) settleCells(going.cells, settled.end);
    if (givesLastingFacts(settled.end))
      this.#ports.factCache.write(this.host, allFacts(settled.state.vars.facts));
    if (going.ahead === undefined) this.#state = settled.state;
    else if (settled.isStop && going.settled === undefined) this.#turnBack(settled.state, placesPassed);
    // Only now may requests carry the epoch that this result has brought: the state knows what it means.
    for (const { way, seen } of going.traffic.ways.values()) way.noteEpoch(seen.epoch);
  }

  /** Takes note of a task's end, and of the answers that its agents need no longer remember. */
  #noteEnd(going: Going, end: TaskEnd, settled: Settled): void {
    if (this.#ports.journal === undefined) return;
    const { traffic } = going;
    const isLost = isUnreachable(end.result);
    this.#log.ended(notedEnd(going, end, settled), !traffic.isRaw && !isLost);
    // The play goes on without what was lost, and with whatever agent there is next.
    if (isLost && !settled.isStop) for (const way of traffic.ways.keys()) this.#log.agentEnded(way);
    this.#forgetting.add(traffic);
  }

  /** The result, or undefined when the run breaks before it comes. */
  async #unlessBroken<T>(result: Promise<T>): Promise<T | undefined> {
    const broken = Promise.withResolvers<undefined>();
    this.#giveUp = broken.resolve;
    return Promise.race([result, broken.promise]);
  }

  #break(error: unknown): void {
    this.#broken ??= { error };
    this.#giveUp(undefined);
    this.#interruption.resolve();
  }

  #turnBack(state: HostState, placesPassed: number): void {
    this.#generation += 1;
    this.#state = state;
    this.#history.length = placesPassed;
    this.#interruption.resolve();
    this.#interruption = Promise.withResolvers();
  }

  /** Lets results come in: when the next step depends on this one, when too much is on its way, and now and then. */
  async #breathe(going: Going): Promise<void> {
    if (going.ahead === undefined) await this.#settleAll();
    else if (this.#inFlight.length >= limits.requestsInFlightMax)
      await Promise.race([this.#inFlight[0]?.end, this.#interruption.promise]);
    else if (this.#started % TASKS_BETWEEN_BREATHS === 0)
      await new Promise((resolve) => setImmediate(resolve));
  }

  /** What the task at a place sees. Its memory is kept while the host stands there. */
  #site(place: string, state: HostState, isSynced: boolean): RenderSite {
    if (this.#memory.key !== place) this.#memory = { key: place, memory: this.#log.memoryAt(place) };
    return taskSite({
      host: this.host,
      context: this.#requireContext(),
      state,
      memory: this.#memory.memory,
      isSynced,
      inFlight: () => this.#inFlight,
      settled: () => this.#tail,
    });
  }

  #requireContext(): PlayContext {
    if (this.#context === undefined) throw new Error(`host ${this.host} was run outside a play`);
    return this.#context;
  }
}
