/** The way of frames to the agent: in order, put together into packets, with backpressure. */

import type { Writable } from 'node:stream';
import { limits } from '../../../shared/base/limits.ts';

const NO_BYTES = new Uint8Array(0);

/** Writes frames to one channel for as long as that lives. */
export class FrameWriter {
  readonly #stdin: Writable;
  /** Frames that were made in this turn of the event loop. */
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  /** Steps that wait, e.g. for a content to be read, and those behind them. */
  #waiting: Promise<void> | undefined;

  constructor(stdin: Writable) {
    this.#stdin = stdin;
  }

  /** Does the step at once, unless one before it still waits. A step that is a promise must not reject. */
  inOrder(step: () => Promise<void> | void): void {
    const before = this.#waiting;
    const after = before === undefined ? step() : before.then(step);
    if (after instanceof Promise) {
      const waiting = after.finally(() => {
        if (this.#waiting === waiting) {
          this.#waiting = undefined;
        }
      });
      this.#waiting = waiting;
    }
  }

  /**
   * Frames that are made in one go leave in one packet. Gives false when more should not be written before the channel
   * has drained.
   */
  write(frame: Uint8Array): boolean {
    this.#batch.push(frame);
    this.#batchBytes += frame.length;
    if (this.#batchBytes >= limits.batchBytesMax) {
      return this.#flush();
    }
    if (this.#batch.length === 1) {
      queueMicrotask(() => this.#flush());
    }
    return true;
  }

  /** Writes what is left, and says that nothing follows. */
  end(): void {
    this.#flush();
    this.#stdin.end();
  }

  /** Resolves when the channel takes more, or when `gone` does. */
  async drained(gone: Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stdin.once('drain', resolve);
    await Promise.race([promise, gone]);
    this.#stdin.off('drain', resolve);
  }

  #flush(): boolean {
    const [first = NO_BYTES, ...others] = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    if (first.length === 0 || !this.#stdin.writable) {
      return true;
    }
    return this.#stdin.write(others.length === 0 ? first : Buffer.concat([first, ...others]));
  }
}
