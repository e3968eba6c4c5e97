/** `sortie run`: takes ansible-playbook's command line, and runs playbooks from this machine. */

import { type Clock, systemClock } from '../shared/base/clock.ts';
import { type Diagnostic, hasErrors } from '../shared/base/diagnostic.ts';
import type { VaultSecret } from '../shared/base/vault.ts';
import { type Config, loadConfig } from '../shared/project/config/load-config.ts';
import { loadVaultSecrets } from '../shared/project/config/vault-secrets.ts';
import { diskFiles } from '../shared/project/disk-files.ts';
import type { ProjectFiles } from '../shared/project/files.ts';
import { createRunId } from '../shared/store/run-id.ts';
import type { RunStore } from '../shared/store/run-store.ts';
import { openSqliteStore } from '../shared/store/sqlite-store.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import type { ReportOptions, RunEvent } from '../shared/wire/run-event.ts';
import type { RunRequest } from '../shared/wire/run-request.ts';
import { parseRunArguments } from './arguments.ts';
import { type Ask, terminalAsk } from './ask.ts';
import type { Command, CommandDeps } from './command-deps.ts';
import { collectPasswords, type Passwords } from './passwords.ts';
import { findMissingPlaybook } from './playbook-paths.ts';
import { printDiagnostics } from './print-diagnostics.ts';
import { reportOptions } from './report-settings.ts';
import { runOptions } from './run-options.ts';
import { createRunRecorder } from './run-recorder.ts';
import { createRunReport } from './run-report.ts';
import { storeDirectory } from './store-directory.ts';
import { printHelp, type Subcommand, usageError } from './subcommand.ts';
import { version } from './version.ts';

/** What a run works with: everything that touches the world. */
export type RunContext = {
  readonly runId: string;
  readonly config: Config;
  readonly files: ProjectFiles;
  readonly clock: Clock;
  readonly store: RunStore;
  readonly options: ReportOptions;
  readonly passwords: Passwords;
  readonly vaultSecrets: readonly VaultSecret[];
  readonly ask: Ask;
  /** Aborted when the user interrupts the run. */
  readonly signal: AbortSignal;
  /** Takes the run's events in their final order. */
  readonly emit: (event: RunEvent) => void;
  /** Shows mistakes in the user's files, on stderr. */
  readonly showDiagnostics: (diagnostics: readonly Diagnostic[]) => void;
  /** Prints a listing on stdout. */
  readonly print: (text: string) => void;
};

/** Runs, lists or checks what the request says; gives the exit code. */
export type RunPlaybooks = (request: RunRequest, context: RunContext) => Promise<number>;

const usage: Subcommand = {
  program: 'sortie run',
  positionals: 'playbook [playbook ...]',
  positionalHelp: 'Playbook(s)',
  description: 'Runs Ansible playbooks, executing the defined tasks on the targeted hosts.',
  specs: runOptions,
};

/** The subcommand, over what runs playbooks. */
export function createRun(runPlaybooks: RunPlaybooks): Command {
  return async (argv, deps) => {
    const parsed = parseRunArguments(argv);
    switch (parsed.kind) {
      case 'usage-error':
        return usageError(usage, parsed.message, deps);
      case 'help':
        printHelp(usage, deps);
        return exitCodes.ok;
      case 'version':
        deps.out(`sortie ${version}\n`);
        return exitCodes.ok;
      case 'run':
        return prepare({ ...parsed, argv }, deps, runPlaybooks);
      default:
        return parsed satisfies never;
    }
  };
}

type Wish = { readonly argv: readonly string[]; readonly request: RunRequest; readonly isJson: boolean };

/** Reads configuration and passwords; what is wrong with them ends the command before a run exists. */
async function prepare(wish: Wish, deps: CommandDeps, runPlaybooks: RunPlaybooks): Promise<number> {
  const files = diskFiles(deps);
  const { diagnostics, value: config } = loadConfig(files);
  printDiagnostics(diagnostics, files, deps);
  if (hasErrors(diagnostics)) return exitCodes.configuration;
  const missing = findMissingPlaybook(wish.request.playbooks, files);
  if (missing !== undefined) {
    deps.err(`ERROR! ${missing}\n`);
    return exitCodes.error;
  }
  const ask = terminalAsk();
  const passwords = isListing(wish.request)
    ? { connection: undefined, become: undefined }
    : await collectPasswords(wish.request, { config, files, ask });
  const { ids, passwordFiles, askPassword } = wish.request.vault;
  const secrets = await loadVaultSecrets(
    { vaultIds: ids, passwordFiles, isAsked: askPassword },
    { files, config, prompt: async (question) => (await ask.secret(question)).reveal() },
  );
  printDiagnostics(secrets.diagnostics, files, deps);
  if (hasErrors(secrets.diagnostics)) return exitCodes.error;
  const prepared = { config, files, ask, passwords, vaultSecrets: secrets.value };
  return execute(wish, { deps, prepared, runPlaybooks });
}

type Prepared = Pick<RunContext, 'ask' | 'config' | 'files' | 'passwords' | 'vaultSecrets'>;
type Execution = {
  readonly deps: CommandDeps;
  readonly prepared: Prepared;
  readonly runPlaybooks: RunPlaybooks;
};

async function execute(wish: Wish, { deps, prepared, runPlaybooks }: Execution): Promise<number> {
  const { config, files } = prepared;
  const store = openSqliteStore(storeDirectory(deps));
  const runId = createRunId(systemClock);
  const options = reportOptions(config, wish.request);
  const recorder = createRunRecorder(runId, store, createRunReport({ config, deps, isJson: wish.isJson }));
  const interrupt = onInterrupt();
  const context: RunContext = {
    ...prepared,
    runId,
    store,
    options,
    clock: systemClock,
    signal: interrupt.signal,
    emit: recorder.emit,
    showDiagnostics: (diagnostics) => printDiagnostics(diagnostics, files, deps),
    print: deps.out,
  };
  try {
    if (isListing(wish.request)) return await runPlaybooks(wish.request, context);
    return await recorded(wish, context, async () => {
      const exitCode = await runPlaybooks(wish.request, context);
      await recorder.settled();
      return exitCode;
    });
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    deps.err(' [ERROR]: User interrupted execution\n');
    return exitCodes.interrupted;
  } finally {
    interrupt.stop();
    await store.close();
  }
}

/** Stores the beginning and the end of a run around it, however it ends. */
async function recorded(wish: Wish, context: RunContext, work: () => Promise<number>): Promise<number> {
  const { clock, emit, options, runId, signal, store } = context;
  const command = ['run', ...wish.argv];
  const at = clock.now();
  void store.startRun({ runId, startedAt: at, command });
  emit({ kind: 'run-started', runId, at, command, options });
  let exitCode: number = exitCodes.unexpected;
  try {
    exitCode = await work();
    return exitCode;
  } finally {
    if (signal.aborted) exitCode = exitCodes.interrupted;
    emit({ kind: 'run-finished', at: clock.now(), exitCode });
    await store.finishRun(runId, { finishedAt: clock.now(), exitCode });
  }
}

/** Ctrl-C asks the run to stop; a second one ends the process. */
function onInterrupt(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  const abort = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', abort);
  process.on('SIGTERM', abort);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', abort);
      process.off('SIGTERM', abort);
    },
  };
}

function isListing({ listing }: RunRequest): boolean {
  return listing.hosts || listing.tasks || listing.tags || listing.syntaxCheck;
}
