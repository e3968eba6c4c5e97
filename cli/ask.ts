/** Questions to the person at the terminal: passwords without echo, and lines. */

import { openSync, readSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { isatty, ReadStream } from 'node:tty';
import { RunAbort } from '../shared/base/abort.ts';
import { Secret } from '../shared/base/secret.ts';

export type Ask = {
  /** Whether somebody is there to answer. */
  readonly isInteractive: boolean;
  /** What was typed; nothing of it is shown. */
  readonly secret: (prompt: string) => Promise<Secret>;
  readonly line: (prompt: string) => Promise<string>;
};

/** Asks on stdin and stdout; passwords on the terminal itself, as getpass does. */
export function terminalAsk(): Ask {
  return {
    // Not process.stdin: touching it makes a pipe that others share non-blocking.
    isInteractive: isatty(0),
    secret: async (prompt) => {
      const terminal = openTerminal();
      return new Secret(terminal === undefined ? askPlain(prompt) : await askHidden(terminal, prompt));
    },
    line: askLine,
  };
}

function openTerminal(): number | undefined {
  try {
    return openSync('/dev/tty', 'r+');
  } catch {
    return undefined;
  }
}

/** Line end, end of input, and Ctrl-C, which raw mode gives us instead of a signal. */
const LAST_KEYS = ['\r', '\n', '\u0003', '\u0004'];
const INTERRUPT = '\u0003';

/** Reads a line key by key, since only in raw mode does the terminal not show it. */
async function askHidden(terminal: number, prompt: string): Promise<string> {
  const keys = new ReadStream(terminal);
  // Before the question: what is typed at once must not be shown either.
  keys.setRawMode(true);
  writeSync(terminal, prompt);
  let typed = '';
  try {
    for await (const piece of keys.setEncoding('utf8')) {
      typed += piece;
      if (lastKey(typed) >= 0) break;
    }
  } finally {
    keys.setRawMode(false);
    writeSync(process.stdout.fd, '\n');
    keys.destroy();
  }
  const end = lastKey(typed);
  const line = end < 0 ? typed : typed.slice(0, end);
  if (typed.charAt(end) === INTERRUPT) process.kill(process.pid, 'SIGINT');
  return erased(line);
}

/** Where the first of the keys that end a line stands, or -1. */
function lastKey(typed: string): number {
  const places = LAST_KEYS.map((key) => typed.indexOf(key)).filter((place) => place >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
}

/** Applies the backspaces in what was typed. */
function erased(typed: string): string {
  const characters: string[] = [];
  for (const character of typed) {
    if (character === '\u007f' || character === '\b') characters.pop();
    else characters.push(character);
  }
  return characters.join('');
}

const STDIN = 0;
const STDERR = 2;
const RETRY_MS = 10;

/** Without a terminal getpass asks on stderr, and takes one line of stdin: what follows is for later questions. */
function askPlain(prompt: string): string {
  writeSync(STDERR, prompt);
  const bytes: number[] = [];
  for (let byte = readByte(); byte !== LINE_END; byte = readByte()) {
    if (byte === undefined && bytes.length === 0) throw endOfInput(prompt);
    if (byte === undefined) break;
    bytes.push(byte);
  }
  writeSync(STDERR, '\n');
  return Buffer.from(bytes).toString();
}

const LINE_END = 0x0a;

/** The next byte of stdin, waited for when another process has made it non-blocking. */
function readByte(): number | undefined {
  const byte = Buffer.alloc(1);
  for (;;) {
    try {
      return readSync(STDIN, byte, 0, 1, null) === 0 ? undefined : byte[0];
    } catch (error) {
      const { code } = parseError(error);
      if (code === 'EOF') return undefined;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

function parseError(error: unknown): NodeJS.ErrnoException {
  return error as NodeJS.ErrnoException;
}

function endOfInput(prompt: string): RunAbort {
  return new RunAbort(`EOFError (ctrl-d) on prompt: ${prompt.trim()}`);
}

/** Fails at the end of the input: a question that nobody answers must not be waited for. */
async function askLine(prompt: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const { promise: ended, reject } = Promise.withResolvers<never>();
  lines.once('close', () => reject(endOfInput(prompt)));
  try {
    return await Promise.race([lines.question(prompt), ended]);
  } finally {
    lines.close();
  }
}
