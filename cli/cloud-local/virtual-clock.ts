/** The local cloud's time: it passes as usual, and may jump to the next timer while nothing runs. */

import { systemClock } from '../../shared/base/clock.ts';

type Timer = { readonly at: number; readonly order: number; readonly fire: () => void };

export type VirtualClockOptions = {
  /** Jumps over time in which nothing runs. */
  readonly jumps: boolean;
  readonly onJump?: (now: number) => void;
};

/** Time, timers and the holds that keep time from jumping. */
export class VirtualClock {
  readonly #options: VirtualClockOptions;
  /** In the order in which they fire. */
  readonly #timers: Timer[] = [];
  #skippedMs = 0;
  #holds = 0;
  #orders = 0;
  #wakeUp: NodeJS.Timeout | undefined;
  #check: NodeJS.Immediate | undefined;

  constructor(options: VirtualClockOptions) {
    this.#options = options;
  }

  /** Milliseconds since the epoch, with all that was jumped over. */
  now(): number {
    return systemClock.now() + this.#skippedMs;
  }

  /** How far this clock is ahead of the machine's, in ms. */
  get skippedMs(): number {
    return this.#skippedMs;
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

  /** Keeps time from jumping until the answer is called. */
  hold(): () => void {
    this.#holds++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      this.#arm();
    };
  }

  close(): void {
    this.#timers.length = 0;
    clearTimeout(this.#wakeUp);
    clearImmediate(this.#check);
  }

  /** Waits for the next timer, or jumps to it once what is under way has had its turn. */
  #arm(): void {
    clearTimeout(this.#wakeUp);
    clearImmediate(this.#check);
    const [next] = this.#timers;
    if (next === undefined) return;
    if (this.#options.jumps && this.#holds === 0) {
      this.#check = setImmediate(() => this.#jump());
      return;
    }
    const waitMs = Math.min(Math.max(0, next.at - this.now()), TIMEOUT_MAX_MS);
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
      if (this.#options.jumps) break;
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
