/** The terminal that the command was started from, for actions that speak with somebody. */

import { openSync } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';
import type { Terminal, WaitEnd, WaitOptions } from '../functions/host/execute/play-context.ts';
import { systemClock } from '../shared/base/clock.ts';

/** Prints to stdout and stderr, and reads from the terminal when there is one. */
export function localTerminal(): Terminal {
  const show = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  return {
    show,
    warn: (text) => {
      process.stderr.write(`[WARNING]: ${text}\n`);
    },
    // Not process.stdin: touching it makes a pipe that others share non-blocking.
    wait: isatty(0) ? (options) => waitForKeys(options, show) : undefined,
  };
}

const INTERRUPT = '\u0003';
const ENDS_OF_LINE = ['\r', '\n', '\u0004'];
const ERASERS = ['\u007f', '\b'];

/** Reads keys in raw mode, where Ctrl-C is a key like others: it asks whether to go on. */
async function waitForKeys(options: WaitOptions, show: Terminal['show']): Promise<WaitEnd> {
  const { echo, lines, milliseconds } = options;
  const keys = new ReadStream(openSync('/dev/tty', 'r+'));
  const { promise, resolve } = Promise.withResolvers<WaitEnd>();
  const timer = new AbortController();
  const take = keyTaker({ echo, isTimed: milliseconds !== undefined, show, end: resolve, timer });
  keys.setRawMode(true).setEncoding('utf8');
  keys.on('data', (piece) => {
    for (const key of String(piece)) take(key);
  });
  for (const line of lines) show(line);
  keys.on('end', () => resolve({ kind: 'over', typed: '' }));
  if (milliseconds !== undefined)
    systemClock.sleep(milliseconds, timer.signal).then(
      () => resolve({ kind: 'over', typed: '' }),
      () => undefined,
    );
  try {
    return await promise;
  } finally {
    timer.abort();
    keys.setRawMode(false);
    keys.destroy();
  }
}

type Taking = {
  readonly echo: boolean;
  readonly isTimed: boolean;
  readonly show: Terminal['show'];
  readonly end: (end: WaitEnd) => void;
  readonly timer: AbortController;
};

/** What one key after the other does. Enter ends a wait without a time only. */
function keyTaker({ echo, end, isTimed, show, timer }: Taking): (key: string) => void {
  const typed: string[] = [];
  let isAsking = false;
  const draw = (text: string): void => {
    if (echo) process.stdout.write(text);
  };
  return (key) => {
    if (isAsking) {
      if (key.toLowerCase() === 'a') end({ kind: 'aborted' });
      if (key.toLowerCase() === 'c') end({ kind: 'over', typed: '' });
    } else if (key === INTERRUPT) {
      isAsking = true;
      timer.abort();
      show("Press 'C' to continue the play or 'A' to abort \r");
    } else if (isTimed) return;
    else if (ENDS_OF_LINE.includes(key)) {
      draw('\n');
      end({ kind: 'over', typed: typed.join('') });
    } else if (ERASERS.includes(key)) {
      if (typed.pop() !== undefined) draw('\b \b');
    } else {
      typed.push(key);
      draw(key);
    }
  };
}
