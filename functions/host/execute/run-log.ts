/**
 * What a host's run leaves in its journal while it goes, and what it finds there when it goes on.
 *
 * Events of a task are told together with its end: who runs it again tells them anew. What cannot be found out a second
 * time is stored before any request that may be built on it leaves. Without a journal, all of this costs nothing.
 */

import { limits } from '../../../shared/base/limits.ts';
import type { Value } from '../../../shared/base/value.ts';
import type { HostEvent, OrderKey } from '../../../shared/wire/run-event.ts';
import type { StateChange } from './host-journal.ts';
import type { HostPorts } from './host-ports.ts';
import type { NotedEnd } from './noted-end.ts';
import { rememberAnswers, type SiteMemory } from './task-memory.ts';

export type RunLogPorts = Pick<HostPorts, 'arrive' | 'clock' | 'emit' | 'guard' | 'journal'>;

/** What is known of a task that has not ended. */
type Begun = { readonly answers: Map<string, Value>; readonly sleeps: Map<number, number> };

export class RunLog {
  readonly #ports: RunLogPorts;
  readonly #fail: (error: unknown) => void;
  readonly #begun = new Map<string, Begun>();
  readonly #unnoted = new Map<string, (readonly [string, Value])[]>();
  readonly #deadlines = new Set<{ readonly until: number }>();
  /** By way: what is to leave before. */
  readonly #turns = new Map<string, Promise<void>>();
  readonly #over = new AbortController();
  #heldBack: (() => void)[] = [];
  /** Something that requests may be built on is not stored yet. */
  #isAhead = false;
  #stored: Promise<boolean> = Promise.resolve(true);
  #busy = 0;

  /** `fail` is told when the journal cannot be stored. */
  constructor(ports: RunLogPorts, fail: (error: unknown) => void) {
    this.#ports = ports;
    this.#fail = fail;
  }

  /** Takes up what an earlier run has noted of a task that has not ended. */
  remember(change: StateChange): void {
    if (change.kind === 'ended') this.#begun.delete(change.place);
    if (change.kind === 'slept') this.#begunAt(change.place).sleeps.set(change.count, change.until);
    if (change.kind !== 'answered') return;
    const { answers } = this.#begunAt(change.place);
    for (const [question, answer] of change.answers) answers.set(question, answer);
  }

  emit(event: HostEvent): void {
    this.#say(() => this.#ports.emit(event));
  }

  arrive(order: OrderKey): void {
    this.#say(() => this.#ports.arrive(order));
  }

  /** Tells what was held back. */
  tell(): void {
    const heldBack = this.#heldBack;
    this.#heldBack = [];
    for (const say of heldBack) say();
  }

  /** Tells a task's events and notes its end. `isRepeatable`: asked again, the agent would give the same result. */
  ended(end: NotedEnd, isRepeatable: boolean): void {
    const { journal } = this.#ports;
    if (journal === undefined || this.isOver) return;
    this.tell();
    journal.note({ kind: 'ended', ...end });
    this.#unnoted.delete(end.place);
    this.#begun.delete(end.place);
    this.#isAhead ||= !isRepeatable;
  }

  /** The memory of the task at `place`, with what it was answered before. */
  memoryAt(place: string): SiteMemory {
    if (this.#ports.journal === undefined) return rememberAnswers();
    return rememberAnswers(this.#begun.get(place)?.answers, (question, answer) =>
      this.answer(place, question, answer),
    );
  }

  /** What an earlier run was answered. */
  recall(place: string, question: string): Value | undefined {
    return this.#begun.get(place)?.answers.get(question);
  }

  /** Notes an answer before the next request leaves. */
  answer(place: string, question: string, answer: Value): void {
    const { journal } = this.#ports;
    if (journal === undefined) return;
    const known = this.#unnoted.get(place) ?? [];
    known.push([question, answer]);
    this.#unnoted.set(place, known);
    this.#isAhead = true;
  }

  /**
   * Resolves with what is ready for a way, in the order of the calls, and after all that requests may be built on is
   * stored.
   */
  inTurn<T>(way: string, ready: Promise<T>): Promise<T> {
    if (this.#ports.journal === undefined) return ready;
    const stored = this.#secureAnswers();
    // Told apart from the awaited promise: it may fail before its turn comes.
    ready.catch(() => undefined);
    const turn = Promise.resolve(this.#turns.get(way)).then(async () => {
      if (!(await stored)) await forever();
      return ready;
    });
    const left = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(way, left);
    return turn;
  }

  /** Counts what is under way beside sleeps. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work;
    } finally {
      this.#busy -= 1;
    }
  }

  /** Waits for what would be lost if the run were left meanwhile. */
  guard<T>(work: Promise<T>): Promise<T> {
    return this.#ports.guard?.(work) ?? work;
  }

  /** The pauses of the task at `place`, one after the other; each goes on where an earlier run has left it. */
  sleeper(place: string): (ms: number) => Promise<void> {
    const { clock, journal } = this.#ports;
    if (journal === undefined) return (ms) => clock.sleep(ms);
    let count = 0;
    return (ms) => {
      count += 1;
      const known = this.#begun.get(place)?.sleeps.get(count);
      const until = known ?? clock.now() + ms;
      if (known === undefined && ms >= limits.notedSleepMsMin) {
        this.#noteAnswers();
        journal.note({ kind: 'slept', place, count, until });
      }
      return this.#sleepUntil(until);
    };
  }

  /** The end of the earliest pause when nothing else is under way. */
  sleepingUntil(): number | undefined {
    if (this.#busy > 0 || this.#deadlines.size === 0) return undefined;
    return Math.min(...[...this.#deadlines].map(({ until }) => until));
  }

  /** The agent of a way is gone, and not missed by whoever goes on. */
  agentEnded(way: string): void {
    if (!this.isOver) this.#ports.journal?.note({ kind: 'agent', way });
  }

  /** As {@link RunLog.agentEnded}, of one that is going to be ended on purpose: awaited before. */
  async agentReset(way: string): Promise<void> {
    this.agentEnded(way);
    await this.isStored();
  }

  /** Resolves when all that was noted is stored; with false, and after the run has been told, when that fails. */
  async isStored(): Promise<boolean> {
    try {
      await this.#ports.journal?.secured();
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Notes and tells nothing more. */
  leave(): void {
    this.#heldBack = [];
    this.#over.abort();
  }

  #say(say: () => void): void {
    if (this.#ports.journal === undefined) say();
    else if (!this.isOver) this.#heldBack.push(say);
  }

  #begunAt(place: string): Begun {
    const known = this.#begun.get(place) ?? { answers: new Map(), sleeps: new Map() };
    this.#begun.set(place, known);
    return known;
  }

  #secureAnswers(): Promise<boolean> {
    if (this.isOver) return Promise.resolve(false);
    this.#noteAnswers();
    if (this.#isAhead) this.#stored = this.isStored();
    this.#isAhead = false;
    return this.#stored;
  }

  #noteAnswers(): void {
    for (const [place, answers] of this.#unnoted)
      this.#ports.journal?.note({ kind: 'answered', place, answers });
    this.#unnoted.clear();
  }

  async #sleepUntil(until: number): Promise<void> {
    const { clock } = this.#ports;
    const deadline = { until };
    this.#deadlines.add(deadline);
    try {
      await clock.sleep(Math.max(until - clock.now(), 0), this.#over.signal);
    } catch (error) {
      if (!this.isOver) throw error;
      await forever();
    } finally {
      this.#deadlines.delete(deadline);
    }
  }
}

/** Of a run that nobody waits for any more. */
export function forever(): Promise<never> {
  return new Promise(() => undefined);
}
