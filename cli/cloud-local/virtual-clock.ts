/** The local cloud's time: it passes as usual, and faster while nothing runs, up to jumping from timer to timer. */

import { systemClock } from '../../shared/base/clock.ts';

type Timer = { readonly at: number; readonly order: number; readonly fire: () => void };

export type VirtualClockOptions = {
  /** How much faster time passes while nothing runs: 1 is as usual, Infinity jumps to the next timer. */
  readonly idleSpeed: number;
  readonly onJump?: (now: number) => void;
};

/** Time, timers and the holds that keep time from passing faster. */
export class VirtualClock {
  readonly #options: VirtualClockOptions;
  /** In the order in which they fire. */
  readonly #timers: Timer[] = [];
  #skippedMs = 0;
  #holds = 0;
  #orders = 0;
  /** Since when nothing runs, by the machine's clock. */
  #idleSince: number | undefined = systemClock.now();
  #wakeUp: NodeJS.Timeout | undefined;
  #check: NodeJS.Immediate | undefined;

  constructor(options: VirtualClockOptions) {
    this.#options = options;
  }

  /** Milliseconds since the epoch, with all that was skipped. */
  now(): number {
    return systemClock.now() + this.skippedMs;
  }

  /** How far this clock is ahead of the machine's, in ms. */
  get skippedMs(): number {
    if (this.#idleSince === undefined || this.#isJumping) return this.#skippedMs;
    const idleMs = systemClock.now() - this.#idleSince;
    return this.#skippedMs + Math.round(idleMs * (this.#options.idleSpeed - 1));
  }

  /** Calls `fire` at `at`; the answer takes it back. */
  schedule(at: number, fire: () => void): () => void {
    const timer = { at, order: this.#orders++, fire };
    this.#timers.splice(this.#placeOf(timer), 0, timer);
    this.#arm();
    return () => {
      const place = this.#placeOf(timer);
      if (this.#timers[place] !== timer) return;
      this.#timers.splice(place, 1);
      this.#arm();
    };
  }

  /** Lets time pass as usual until the answer is called. */
  hold(): () => void {
    if (this.#holds === 0) {
      this.#skippedMs = this.skippedMs;
      this.#idleSince = undefined;
      this.#arm();
    }
    this.#holds++;
    let isHeld = true;
    return () => {
      if (isHeld) this.#release();
      isHeld = false;
    };
  }

  close(): void {
    this.#timers.length = 0;
    clearTimeout(this.#wakeUp);
    clearImmediate(this.#check);
  }

  get #isJumping(): boolean {
    return this.#options.idleSpeed === Number.POSITIVE_INFINITY;
  }

  #release(): void {
    this.#holds--;
    if (this.#holds > 0) return;
    this.#idleSince = systemClock.now();
    this.#arm();
  }

  /** Waits for the next timer, or jumps to it once what is under way has had its turn. */
  #arm(): void {
    clearTimeout(this.#wakeUp);
    clearImmediate(this.#check);
    const [next] = this.#timers;
    if (next === undefined) return;
    const isIdle = this.#idleSince !== undefined;
    if (isIdle && this.#isJumping) {
      this.#check = setImmediate(() => this.#jump());
      return;
    }
    const speed = isIdle ? this.#options.idleSpeed : 1;
    const waitMs = Math.min(Math.max(0, Math.ceil((next.at - this.now()) / speed)), TIMEOUT_MAX_MS);
    this.#wakeUp = setTimeout(() => this.#fireDue(), waitMs);
  }

  #jump(): void {
    const [next] = this.#timers;
    if (next === undefined || this.#holds > 0) return;
    const distanceMs = next.at - this.now();
    if (distanceMs > 0) {
      this.#skippedMs += distanceMs;
      this.#options.onJump?.(this.now());
    }
    this.#fireDue();
  }

  #fireDue(): void {
    for (let [next] = this.#timers; next !== undefined && next.at <= this.now(); [next] = this.#timers) {
      this.#timers.shift();
      next.fire();
      // What it set going comes before the next one.
      if (this.#isJumping) break;
    }
    this.#arm();
  }

  /** Where a timer stands, or would stand. */
  #placeOf(timer: Timer): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.#timers[middle], timer)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isBefore(one: Timer | undefined, other: Timer): boolean {
  return one !== undefined && (one.at < other.at || (one.at === other.at && one.order < other.order));
}

/** What `setTimeout` can wait at once, in ms: beyond it, it would fire immediately. */
const TIMEOUT_MAX_MS = 2_147_483_647;
