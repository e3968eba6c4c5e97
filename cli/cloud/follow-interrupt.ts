/** Ctrl-C while a run in the cloud is followed: the run does not end with the command, so the user says what is meant. */

import { RunAbort } from '../../shared/base/abort.ts';
import type { Ask } from '../ask.ts';

export type FollowInterrupt = {
  /** Waits for `work`, or less long when the user interrupts. */
  readonly during: (work: Promise<void>) => Promise<void>;
  /** After an interrupt, asks what to do; true to stop following. */
  readonly asksToLeave: () => Promise<boolean>;
  readonly close: () => void;
};

export type InterruptDeps = {
  readonly ask: Ask;
  readonly say: (text: string) => void;
  /** Begins to stop the run, and goes on at once. */
  readonly stopRun: () => void;
};

const QUESTION = '\nStop the run (s), stop following it (f), or go on (g)? [g] ';

/** Listens to Ctrl-C and SIGTERM until it is closed. */
export function createFollowInterrupt(deps: InterruptDeps): FollowInterrupt {
  let raised = Promise.withResolvers<void>();
  let isRaised = false;
  let mustLeave = false;
  const interrupt = (): void => {
    // A second one while the question stands, or before it could be asked, ends the following.
    mustLeave ||= isRaised;
    isRaised = true;
    raised.resolve();
  };
  const terminate = (): void => {
    mustLeave = true;
    interrupt();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  return {
    during: (work) => Promise.race([work, raised.promise]),
    asksToLeave: async () => {
      if (mustLeave) return true;
      if (!isRaised) return false;
      const leaves = await decide(deps);
      if (leaves || mustLeave) return true;
      isRaised = false;
      raised = Promise.withResolvers<void>();
      return false;
    },
    close: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', terminate);
    },
  };
}

async function decide({ ask, say, stopRun }: InterruptDeps): Promise<boolean> {
  if (!ask.isInteractive) return true;
  const answer = await answerTo(ask);
  if (answer === undefined || answer.startsWith('f')) return true;
  if (!answer.startsWith('s')) return false;
  say('The run is asked to stop; tasks that hosts have in hand come to their end.\n');
  stopRun();
  return false;
}

/** Ctrl-C at the question is an answer, too: undefined. */
async function answerTo(ask: Ask): Promise<string | undefined> {
  try {
    return (await ask.line(QUESTION)).trim().toLowerCase();
  } catch (error) {
    if (error instanceof RunAbort) return undefined;
    throw error;
  }
}
