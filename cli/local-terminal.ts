/** The terminal that the command was started from, for actions that speak with somebody. */

import type { Terminal } from '../functions/host/execute/play-context.ts';
import { terminalAsk } from './ask.ts';

/** Prints to stdout and stderr, and reads from the terminal when there is one. */
export function localTerminal(): Terminal {
  const ask = terminalAsk();
  return {
    show: (text) => {
      process.stdout.write(`${text}\n`);
    },
    warn: (text) => {
      process.stderr.write(`[WARNING]: ${text}\n`);
    },
    readLine: ask.isInteractive
      ? async (echo) => (echo ? ask.line('') : (await ask.secret('')).reveal())
      : undefined,
  };
}
