/** Runs a child process of a module: its own process group, which ends when the module is stopped. */

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { FailureError } from '../../../shared/base/failure.ts';
import { limits } from '../../../shared/base/limits.ts';
import type { LocalContext } from './local-module.ts';

export type ProcessRequest = {
  readonly words: readonly string[];
  readonly directory: string;
  readonly stdin?: string | undefined;
};

/** A process that a signal ended has the negative number of the signal, as in Python. */
export type ProcessResult = { readonly code: number; readonly stdout: Buffer; readonly stderr: Buffer };

/** Because a daemon that keeps the pipes open must not keep the task: how long silence lasts after the child's end. */
const SILENCE_MS = 200;

/** Resolves when the process has ended and its output is read. Rejects with the system's error when it cannot be started. */
export function runProcess(
  { directory, stdin, words: [program = '', ...words] }: ProcessRequest,
  { environment, signal }: Pick<LocalContext, 'environment' | 'signal'>,
): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(program, words, {
      cwd: directory,
      env: environment,
      detached: true,
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const output: { readonly stdout: Buffer[]; readonly stderr: Buffer[] } = { stdout: [], stderr: [] };
    let silence: NodeJS.Timeout | undefined;
    let hasEnded = false;
    let bytes = 0;
    const wait = (): void => {
      clearTimeout(silence);
      if (hasEnded) silence = setTimeout(finish, SILENCE_MS);
    };
    const end = (): void => {
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      for (const stream of child.stdio) stream?.destroy();
    };
    const finish = (): void => {
      end();
      const { exitCode, signalCode } = child;
      const code = exitCode ?? -constants.signals[signalCode ?? 'SIGKILL'];
      resolve({ code, stdout: Buffer.concat(output.stdout), stderr: Buffer.concat(output.stderr) });
    };
    const refuse = (why: unknown): void => {
      killGroup(child);
      end();
      reject(why);
    };
    const stop = (): void => refuse(signal.reason);
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.on('data', (piece: Buffer) => {
        output[name].push(piece);
        bytes += piece.length;
        if (bytes > limits.resultBytesMax) refuse(outputTooBig());
        else wait();
      });
    child.on('error', refuse);
    child.on('exit', () => {
      hasEnded = true;
      wait();
    });
    child.on('close', finish);
    // A process that ends while we write is seen by its end, not by the failed write.
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
    signal.addEventListener('abort', stop, { once: true });
  });
}

function outputTooBig(): FailureError {
  const message = `The output exceeds ${limits.resultBytesMax} bytes`;
  return new FailureError({ kind: 'frame-too-big', message, retryable: false });
}

function killGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
