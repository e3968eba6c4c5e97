/** Runs one command as a whole process, and tells what it cost. */

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Command = {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What it reads; nothing when not said. */
  readonly stdinFile?: string;
};

export type Costs = {
  /** `null` when the command took too long or the benchmarks were interrupted, and it was killed. */
  readonly exitCode: number | null;
  /** Milliseconds since the epoch at which it was started. */
  readonly beganAtMs: number;
  readonly seconds: number;
  /** Of the whole process tree, targets aside. */
  readonly cpuSeconds: number;
  /** Of the largest process of the tree. */
  readonly residentBytes: number;
};

export type Measured = Costs & { readonly stdout: string; readonly stderr: string };

/** Because the slowest peer takes two minutes for the largest work on a quiet machine, and a run must not hang. */
const RUN_SECONDS_MAX = 600;

const wrapper = path.join(import.meta.dirname, 'measure.py');

export type MeasureOptions = {
  /** Where the command runs; also takes what it prints. */
  readonly directory: string;
  /** Ends the command when raised. */
  readonly interrupt: AbortSignal;
};

/** Runs a command to its end, with all that it leaves behind. */
export async function measure(command: Command, { directory, interrupt }: MeasureOptions): Promise<Measured> {
  const file = (name: string): string => path.join(directory, name);
  const descriptors = [
    openSync(command.stdinFile ?? '/dev/null', 'r'),
    openSync(file('stdout'), 'w'),
    openSync(file('stderr'), 'w'),
  ];
  const argv = [wrapper, file('costs.json'), String(RUN_SECONDS_MAX), ...command.argv];
  const child = spawn('/usr/bin/python3', argv, {
    cwd: directory,
    stdio: descriptors,
    env: { ...command.environment },
  });
  descriptors.forEach(closeSync);
  const end = (): boolean => child.kill();
  interrupt.addEventListener('abort', end);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  interrupt.removeEventListener('abort', end);
  const stderr = readFileSync(file('stderr'), 'utf8');
  if (code !== 0) throw new Error(`could not measure ${command.argv.join(' ')}: ${stderr}`);
  return {
    ...parseCosts(JSON.parse(readFileSync(file('costs.json'), 'utf8'))),
    stdout: readFileSync(file('stdout'), 'utf8'),
    stderr,
  };
}

function parseCosts(costs: unknown): Costs {
  return costs as Costs;
}
