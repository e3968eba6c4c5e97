#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
/** The `sortie` command: finds the subcommand, loads only its code, and gives its exit code to the shell. */

import { homedir } from 'node:os';
import type { Command, CommandDeps } from './command-deps.ts';
import { keepCompiledCode } from './compile-cache.ts';
import { helpOverview } from './help.ts';
import { version } from './version.ts';

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  cloud: async () => (await import('./cloud-local.ts')).cloud,
  config: async () => (await import('./config.ts')).config,
  deploy: async () => (await import('./cloud/deploy.ts')).deploy,
  doctor: async () => (await import('./doctor.ts')).doctor,
  exec: async () => {
    const [{ createExec }, { runPlaybooks }] = await Promise.all([
      import('./exec.ts'),
      import('./run-playbooks.ts'),
    ]);
    return createExec(runPlaybooks);
  },
  inventory: async () => (await import('./inventory.ts')).inventory,
  push: async () => {
    const [{ createPush }, { awsAccess }] = await Promise.all([
      import('./cloud/push.ts'),
      import('./cloud/cloud-access.ts'),
    ]);
    return createPush(awsAccess);
  },
  run: async () => {
    const [{ createRun }, { runPlaybooks }] = await Promise.all([
      import('./run.ts'),
      import('./run-playbooks.ts'),
    ]);
    return createRun(runPlaybooks);
  },
  runs: async () => (await import('./runs.ts')).runs,
  show: async () => (await import('./show.ts')).show,
  stop: async () => {
    const [{ createStop }, { awsAccess }] = await Promise.all([
      import('./cloud/stop.ts'),
      import('./cloud/cloud-access.ts'),
    ]);
    return createStop(awsAccess);
  },
  vault: async () => (await import('./vault.ts')).vault,
};

const INTERRUPTED = 99;

// A reader that goes away (`| head`) does not end the run.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  columns: process.stdout.columns ?? 0,
  isTerminal: process.stdout.isTTY === true,
  environment: process.env,
  homeDirectory: homedir(),
  workingDirectory: process.cwd(),
});

async function main(argv: readonly string[], deps: CommandDeps): Promise<number> {
  if (!isNodeNewEnough(process.versions.node)) {
    deps.err(`ERROR! Sortie needs Node 22.13 or newer, and this is Node ${process.versions.node}\n`);
    return 1;
  }
  keepCompiledCode(deps.environment, deps.homeDirectory);
  const [name = 'help', ...rest] = argv;
  if (name === '--version') {
    deps.out(`sortie ${version}\n`);
    return 0;
  }
  const [topic] = rest;
  const isHelp = name === 'help' || name === '-h' || name === '--help';
  const subject = isHelp ? topic : name;
  const load = subject === undefined ? undefined : commands[subject];
  if (load !== undefined) return runCommand(await load(), isHelp ? ['--help'] : rest, deps);
  if (subject !== undefined) {
    deps.err(`sortie: error: unknown command ${JSON.stringify(subject)}\n${helpOverview}`);
    return 2;
  }
  deps.out(helpOverview);
  return 0;
}

/** Runs a subcommand; whatever it throws becomes a message and an exit code. */
async function runCommand(command: Command, argv: readonly string[], deps: CommandDeps): Promise<number> {
  try {
    const exitCode = await command(argv, deps);
    // What an interrupted run has left open must not keep the process alive.
    if (exitCode === INTERRUPTED) process.exit(exitCode);
    return exitCode;
  } catch (error) {
    const { reportError } = await import('./report-error.ts');
    return reportError(error, deps);
  }
}

function isNodeNewEnough(running: string): boolean {
  const [major = 0, minor = 0] = running.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 13);
}
