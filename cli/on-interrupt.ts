/** Ctrl-C and SIGTERM while a run goes. */

import { exitCodes } from '../shared/wire/exit-code.ts';

export type Interrupt = {
  /** Resolves with the exit code once the user interrupts. */
  readonly raised: Promise<number>;
  readonly stop: () => void;
};

/** Listens until it is stopped; a second signal ends the process at once. */
export function onInterrupt(): Interrupt {
  const { promise, resolve } = Promise.withResolvers<number>();
  let isRaised = false;
  const raise = (): void => {
    if (isRaised) process.exit(exitCodes.interrupted);
    isRaised = true;
    resolve(exitCodes.interrupted);
  };
  process.on('SIGINT', raise);
  process.on('SIGTERM', raise);
  return {
    raised: promise,
    stop: () => {
      process.off('SIGINT', raise);
      process.off('SIGTERM', raise);
    },
  };
}
