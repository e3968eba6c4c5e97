/** Runs Sortie or Ansible as a user does, away from the configuration of whoever runs the tests. */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { residentBytes } from './resident-memory.ts';

export type Ran = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The largest resident size of the process that was started, where the system tells. */
  readonly residentBytesMax: number;
};

export type RunOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  /** Where to run; a new empty directory when not said. */
  readonly workingDirectory?: string;
  readonly onStdout?: (text: string) => void;
};

const root = path.join(import.meta.dirname, '../..');
const cli = path.join(root, 'cli/main.ts');
const built = path.join(root, 'dist/sortie.mjs');
/** Because a run that hangs should fail its test and not the whole suite. */
const RUN_MS = 240_000;

export const hasAnsible: boolean = existsSync('/usr/bin/ansible-playbook');

/** `sortie run`, from the sources. */
export function runSortie(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', cli, 'run', ...words];
  return execute(command, options);
}

/** The built command line, with a subcommand as its first word. */
export function runBuilt(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return execute([process.execPath, '--disable-warning=ExperimentalWarning', built, ...words], options);
}

export function runAnsible(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return execute(['/usr/bin/ansible-playbook', ...words], options);
}

async function execute([command = '', ...words]: readonly string[], options: RunOptions): Promise<Ran> {
  const home = mkdtempSync(path.join(tmpdir(), 'sortie-run-'));
  const workingDirectory = options.workingDirectory ?? path.join(home, 'work');
  mkdirSync(workingDirectory, { recursive: true });
  writeFileSync(path.join(home, 'ansible.cfg'), '[defaults]\n');
  const child = spawn(command, words, {
    cwd: workingDirectory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: home,
      LANG: 'C.UTF-8',
      ANSIBLE_CONFIG: path.join(home, 'ansible.cfg'),
      ANSIBLE_PIPELINING: '1',
      ANSIBLE_SSH_ARGS: '-o ControlMaster=auto -o ControlPersist=5s',
      ANSIBLE_LOCAL_TEMP: path.join(home, 'ansible-local'),
      ...options.environment,
    },
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), RUN_MS);
  let stdout = '';
  let stderr = '';
  let residentBytesMax = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    options.onStdout?.(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const sampler = setInterval(() => {
    residentBytesMax = Math.max(residentBytesMax, residentBytes(child.pid));
  }, 20);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  clearTimeout(timer);
  clearInterval(sampler);
  rmSync(home, { recursive: true, force: true });
  return { exitCode, stdout, stderr, residentBytesMax };
}
