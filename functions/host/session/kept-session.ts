/**
 * A session whose agent outlives connections: it comes back to the agent when a connection breaks, and callers notice
 * nothing but a delay.
 *
 * Invariants: nothing leaves before the caller has admitted the agent. A request is sent a second time only to the same
 * agent and with a key, so it is executed once. Callers' epochs only grow: each connection's begin at 0, and count from
 * what had been reached before it.
 */

import { systemClock } from '../../../shared/base/clock.ts';
import { type Failure, FailureError } from '../../../shared/base/failure.ts';
import { limits } from '../../../shared/base/limits.ts';
import type { KeptFrame } from '../../../shared/wire/agent-frame.ts';
import type { ModuleBundle } from '../../../shared/wire/module-bundle.ts';
import type { AgentSession } from './agent-session.ts';
import { settlesWithin } from './deadline.ts';
import { FailedGroups } from './failed-groups.ts';
import type { KeepOptions, KeptAgent, Reply, Session, SessionRequest } from './session.ts';
import {
  closedFailure,
  fencedFailure,
  leftFailure,
  replacedFailure,
  unknownFailure,
  unmetFailure,
} from './session-failure.ts';

export type KeptSessionOptions = {
  readonly host: string;
  readonly keep: KeepOptions;
  /** Makes a new connection and boots the way to the agent. Throws FailureError. */
  readonly reconnect: () => Promise<Conversation>;
};

/** What is used of the session of one connection. */
export type Conversation = Pick<
  AgentSession,
  'cancel' | 'close' | 'detach' | 'ended' | 'executable' | 'kept' | 'load' | 'python' | 'run' | 'send'
>;

/** The session of an agent that was asked, in its first frame, to outlive its connection. */
export function startKeptSession(first: Conversation, options: KeptSessionOptions): Session {
  const session = new KeptSession(first, options);
  return {
    python: first.python,
    executable: first.executable,
    ended: session.ended,
    kept: session.kept,
    run: (request) => session.run(request),
    load: (bundle) => session.load(bundle),
    cancel: () => session.cancel(),
    forget: (keys) => session.forget(keys),
    close: () => session.close(),
    detach: () => session.detach(),
  };
}

/** A request that is not settled yet. */
type Entry = {
  readonly request: SessionRequest;
  /** In the caller's count. */
  readonly epoch: number;
  readonly settle: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
  /** Its place among all that was sent. */
  order: number;
  /** It may have reached the agent. */
  wasSent: boolean;
  /** How many bytes of what its module sends the caller has. */
  handedOn: number;
};

class KeptSession {
  readonly ended: Promise<Failure | undefined>;
  readonly #host: string;
  readonly #keep: KeepOptions;
  readonly #reconnect: () => Promise<Conversation>;
  readonly #kept: PromiseWithResolvers<KeptAgent | undefined> = Promise.withResolvers<
    KeptAgent | undefined
  >();
  readonly #left: PromiseWithResolvers<Failure> = Promise.withResolvers<Failure>();
  readonly #entries = new Set<Entry>();
  readonly #bundles = new Map<string, ModuleBundle>();
  readonly #groups = new FailedGroups();
  #connected: Conversation;
  #entered: Promise<Failure | undefined> = Promise.resolve(undefined);
  /** Requests may leave over the connection. */
  #isOpen = false;
  #openedAtMs = 0;
  /** Since when no connection has brought an answer or lasted for a while. */
  #awaySinceMs: number | undefined;
  #agent: KeptAgent | undefined;
  #epoch = 0;
  /** The caller's count when the connection's began. */
  #epochBase = 0;
  /** See {@link KeepOptions.admit}. */
  #fence = 0;
  /** Counts what was sent, so that an answer tells what the agent has read before its request. */
  #lastOrder = 0;
  /** What the agent may not have read yet. */
  #forgotten: { readonly order: number; readonly keys: readonly string[] }[] = [];
  #isCancelled = false;
  #failure: Failure | undefined;
  #isLeaving = false;
  #hasEnded = false;

  constructor(first: Conversation, options: KeptSessionOptions) {
    this.#connected = first;
    this.#host = options.host;
    this.#keep = options.keep;
    this.#reconnect = options.reconnect;
    this.ended = this.#live();
  }

  /** See {@link Session.kept}. */
  get kept(): Promise<KeptAgent | undefined> {
    return this.#kept.promise;
  }

  run(request: SessionRequest): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    if (this.#hasEnded || this.#isLeaving) {
      resolve({ kind: 'failed', failure: this.#failure ?? closedFailure(this.#host), lost: 'unsent' });
    } else if (request.epoch !== undefined && request.epoch < this.#epoch) {
      resolve({ kind: 'discarded' });
    } else {
      const epoch = request.epoch ?? this.#epoch;
      const entry: Entry = { request, epoch, settle: resolve, reject, order: 0, wasSent: false, handedOn: 0 };
      this.#entries.add(entry);
      if (this.#isOpen) this.#send(entry);
    }
    return promise;
  }

  load(bundle: ModuleBundle): void {
    this.#bundles.set(`${bundle.kind} ${bundle.name}`, bundle);
    if (this.#isOpen) this.#connected.load(bundle);
  }

  cancel(): void {
    if (this.#isOpen) this.#connected.cancel();
    else this.#isCancelled = this.#entries.size > 0;
  }

  forget(keys: readonly string[]): void {
    this.#lastOrder += 1;
    this.#forgotten.push({ order: this.#lastOrder, keys });
    if (this.#isOpen) this.#connected.send({ t: 'forget', keys });
  }

  async close(): Promise<void> {
    await this.#leave(closedFailure(this.#host));
    await this.#connected.close();
    await settlesWithin(this.ended, limits.closeTimeoutMs);
  }

  async detach(): Promise<void> {
    await this.#leave(leftFailure(this.#host));
    await this.#connected.detach();
    await settlesWithin(this.ended, limits.closeTimeoutMs);
  }

  /** Takes no more requests; an agent that is being taken over is left, or ended, only when that is done. */
  async #leave(failure: Failure): Promise<void> {
    this.#isLeaving = true;
    await settlesWithin(this.#entered, limits.closeTimeoutMs);
    this.#left.resolve(failure);
  }

  /** Goes from connection to connection, and settles everything at the end. */
  async #live(): Promise<Failure | undefined> {
    try {
      this.#entered = this.#enter(this.#connected);
      let failure = await this.#entered;
      if (failure !== undefined && mayHavePassed(failure)) failure = await this.#comeBack(failure);
      while (failure === undefined) {
        const lost = (await this.#connected.ended) ?? (await this.#left.promise);
        this.#isOpen = false;
        failure = this.#isLeaving ? await this.#left.promise : await this.#comeBack(lost);
      }
      return this.#finish(failure);
    } catch (error) {
      for (const { reject } of this.#entries) reject(error);
      this.#entries.clear();
      this.#hasEnded = true;
      throw error;
    }
  }

  /** Finds out which agent is there, has it admitted, and lets requests leave; gives the failure when it must not. */
  async #enter(connected: Conversation, lost?: Failure): Promise<Failure | undefined> {
    try {
      const frame = await this.#introduction(connected);
      if (frame.fenced === true) {
        throw new FailureError(fencedFailure(this.#host));
      }
      if (this.#agent !== undefined && this.#agent.agent !== frame.agent) {
        throw new FailureError(replacedFailure(lost ?? closedFailure(this.#host)));
      }
      this.#agent ??= await this.#admit(frame);
      this.#open();
      return undefined;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      void connected.close();
      return error.failure;
    }
  }

  async #introduction(connected: Conversation): Promise<KeptFrame> {
    const ended = connected.ended.then((failure = closedFailure(this.#host)) => {
      // The agent may have ended just when it was found: the next look finds a new one.
      throw new FailureError({ ...failure, retryable: failure.retryable || failure.kind === 'agent-died' });
    });
    const met = Promise.race([connected.kept, ended]);
    if (await settlesWithin(met, limits.keptTimeoutMs)) {
      return await met;
    }
    throw new FailureError(unmetFailure(this.#host));
  }

  async #admit(frame: KeptFrame): Promise<KeptAgent> {
    const { agent, isNew, known } = frame;
    const kept = { agent, isNew, inHand: frame.inHand ?? undefined, known, isLasting: frame.lasting };
    this.#kept.resolve(kept);
    this.#fence = (await this.#keep.admit?.(kept)) ?? 0;
    return kept;
  }

  #open(): void {
    const connected = this.#connected;
    this.#openedAtMs = systemClock.now();
    this.#epochBase = this.#epoch;
    this.#isOpen = true;
    connected.send({ t: 'take', fence: this.#fence });
    const keys = this.#forgotten.flatMap((forgotten) => forgotten.keys);
    this.#forgotten = [];
    if (keys.length > 0) this.forget(keys);
    for (const bundle of this.#bundles.values()) connected.load(bundle);
    for (const entry of this.#entries) this.#send(entry);
    if (this.#isCancelled) connected.cancel();
    this.#isCancelled = false;
  }

  #send(entry: Entry): void {
    this.#lastOrder += 1;
    entry.order = this.#lastOrder;
    this.#connected.run(this.#onTheWay(entry)).then(
      (reply) => this.#take(entry, reply),
      (error: unknown) => {
        this.#entries.delete(entry);
        entry.reject(error);
      },
    );
  }

  /** The request as this connection's agent is to understand it. */
  #onTheWay(entry: Entry): SessionRequest {
    const { request } = entry;
    const { onData, key, ...rest } = request;
    return {
      ...rest,
      epoch: entry.epoch - this.#epochBase,
      ...(this.#groups.hasFailed(request.group) ? { groupFailed: true } : {}),
      // What sends data changes nothing: it is executed again rather than remembered.
      ...(onData === undefined ? (key === undefined ? {} : { key }) : { onData: continued(entry, onData) }),
    };
  }

  #take(entry: Entry, reply: Reply): void {
    if (reply.kind === 'failed' && reply.lost !== undefined) {
      entry.wasSent ||= reply.lost === 'sent';
      return;
    }
    this.#entries.delete(entry);
    this.#awaySinceMs = undefined;
    this.#forgotten = this.#forgotten.filter(({ order }) => order > entry.order);
    this.#groups.note(entry.request, reply);
    if (reply.kind === 'discarded' || reply.epoch === undefined) {
      entry.settle(reply);
      return;
    }
    const epoch = this.#epochBase + reply.epoch;
    this.#epoch = Math.max(this.#epoch, epoch);
    entry.settle({ ...reply, epoch });
  }

  /** Looks for the agent until it is found; gives the failure when it is not, or when not all may be sent to it again. */
  async #comeBack(lost: Failure): Promise<Failure | undefined> {
    const isOnce = [...this.#entries].some(({ request, wasSent }) => wasSent && request.key === undefined);
    // The way to an agent ends like an agent that died.
    const isBroken = lost.kind === 'agent-died' || mayHavePassed(lost);
    if (isOnce || this.#agent?.isLasting === false || !isBroken) {
      return lost;
    }
    const brokeAtMs = systemClock.now();
    const hasLasted = brokeAtMs - this.#openedAtMs > limits.reconnectPauseMsMax;
    const awaySinceMs = hasLasted ? brokeAtMs : (this.#awaySinceMs ?? brokeAtMs);
    this.#awaySinceMs = awaySinceMs;
    let problem: Failure = lost;
    let pauseMs: number = limits.reconnectPauseMsMin;
    while (systemClock.now() - awaySinceMs <= limits.reconnectForMs) {
      await settlesWithin(this.#left.promise, pauseMs);
      const met = await this.#tryAgain(lost);
      if (met === undefined || this.#isLeaving || !mayHavePassed(met)) {
        return met;
      }
      problem = met;
      pauseMs = Math.min(pauseMs * 2, limits.reconnectPauseMsMax);
    }
    return problem;
  }

  async #tryAgain(lost: Failure): Promise<Failure | undefined> {
    const connecting = this.#isLeaving ? Promise.reject(new FailureError(lost)) : this.#reconnect();
    connecting.then(
      (connected) => (this.#isLeaving ? void connected.close() : undefined),
      () => {},
    );
    try {
      const found = await Promise.race([connecting, this.#left.promise]);
      if ('kind' in found) return found;
      this.#connected = found;
      this.#entered = this.#enter(found, lost);
      return await this.#entered;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      return error.failure;
    }
  }

  /** What was sent may have been executed; see AgentSession for what is certain when the agent itself died. */
  #finish(failure: Failure): Failure | undefined {
    this.#failure = failure;
    this.#hasEnded = true;
    let isInHand = true;
    for (const { wasSent, settle } of this.#entries) {
      const mayHaveRun = wasSent && (isInHand || failure.kind !== 'agent-died');
      settle({
        kind: 'failed',
        failure: mayHaveRun ? unknownFailure(failure) : failure,
        lost: wasSent ? 'sent' : 'unsent',
      });
      isInHand &&= !wasSent;
    }
    this.#entries.clear();
    this.#kept.resolve(undefined);
    return this.#isLeaving ? undefined : failure;
  }
}

/** Whether trying again may help; a host that goes down or comes up may fail to boot an agent. */
export function mayHavePassed(failure: Failure): boolean {
  return failure.retryable || failure.kind === 'boot-failed';
}

/** Receives data that is sent again from its beginning, and hands on what has not been handed on yet. */
function continued(
  entry: Entry,
  onData: NonNullable<SessionRequest['onData']>,
): NonNullable<SessionRequest['onData']> {
  let skipped = entry.handedOn;
  return async (piece) => {
    const rest = piece.subarray(Math.min(skipped, piece.length));
    skipped -= piece.length - rest.length;
    if (rest.length > 0) {
      await onData(rest);
      entry.handedOn += rest.length;
    }
  };
}
