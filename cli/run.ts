/** `sortie run`: takes ansible-playbook's command line, and runs playbooks from this machine. */

import { reportOptions } from '../functions/controller/report-options.ts';
import type { RunPasswords } from '../functions/host/play-contexts.ts';
import { type Clock, systemClock } from '../shared/base/clock.ts';
import { type Diagnostic, hasErrors } from '../shared/base/diagnostic.ts';
import type { VaultSecret } from '../shared/base/vault.ts';
import { configText } from '../shared/project/config/config-text.ts';
import { type Config, loadConfig } from '../shared/project/config/load-config.ts';
import { loadVaultSecrets } from '../shared/project/config/vault-secrets.ts';
import { diskFiles } from '../shared/project/disk-files.ts';
import type { ProjectFiles } from '../shared/project/files.ts';
import { warningText } from '../shared/project/render-diagnostic.ts';
import { createRunId } from '../shared/store/run-id.ts';
import type { RunStore } from '../shared/store/run-store.ts';
import { openSqliteStore } from '../shared/store/sqlite-store.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import type { ReportOptions, RunEvent } from '../shared/wire/run-event.ts';
import type { RunRequest } from '../shared/wire/run-request.ts';
import { withAdHocPlaybook } from './ad-hoc-playbook.ts';
import { type CloudWish, parseRunArguments } from './arguments.ts';
import { type Ask, terminalAsk } from './ask.ts';
import type { Command, CommandDeps } from './command-deps.ts';
import { withJunit } from './junit-files.ts';
import { onInterrupt } from './on-interrupt.ts';
import { collectPasswords } from './passwords.ts';
import { findMissingPlaybook } from './playbook-paths.ts';
import { printDiagnostics } from './print-diagnostics.ts';
import { runOptions } from './run-options.ts';
import { createRunRecorder } from './run-recorder.ts';
import { createRunReport } from './run-report.ts';
import { storeDirectory } from './store-directory.ts';
import { printHelp, type Subcommand, usageError } from './subcommand.ts';
import { vaultPrompt } from './vault-prompt.ts';
import { version } from './version.ts';

/** What a run works with: everything that touches the world. */
export type RunContext = {
  readonly runId: string;
  readonly config: Config;
  readonly files: ProjectFiles;
  readonly clock: Clock;
  readonly options: ReportOptions;
  readonly passwords: RunPasswords;
  readonly vaultSecrets: readonly VaultSecret[];
  readonly ask: Ask;
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
        return start({ ...parsed, command: ['run', ...argv] }, deps, runPlaybooks);
      default:
        return parsed satisfies never;
    }
  };
}

/** Runs here, or has it run in the cloud, whose code is only loaded then. */
async function start(
  wish: Wish & { readonly cloud?: CloudWish },
  deps: CommandDeps,
  runPlaybooks: RunPlaybooks,
): Promise<number> {
  const { cloud } = wish;
  if (cloud === undefined) return executeRequest(wish, deps, runPlaybooks);
  const [{ awsAccess }, { runInCloud }] = await Promise.all([
    import('./cloud/cloud-access.ts'),
    import('./cloud/run-in-cloud.ts'),
  ]);
  return runInCloud({ ...wish, cloud }, { deps, access: awsAccess, ask: terminalAsk() });
}

/** A request with the command line that it came from, for the list of runs. */
export type Wish = {
  readonly command: readonly string[];
  readonly request: RunRequest;
  readonly isJson: boolean;
  /** Sees every event beside the report. */
  readonly watch?: (event: RunEvent) => void;
};

/** Reads configuration and passwords, and runs. What is wrong with them ends the command before a run exists. */
export async function executeRequest(
  wish: Wish,
  deps: CommandDeps,
  runPlaybooks: RunPlaybooks,
): Promise<number> {
  const files = withAdHocPlaybook(diskFiles(deps), wish.request);
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
    { files, config, prompt: vaultPrompt(ask, { isNew: false }) },
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
  const runId = createRunId(systemClock);
  const options = reportOptions(config, wish.request);
  const context: RunContext = {
    ...prepared,
    runId,
    options,
    clock: systemClock,
    emit: () => undefined,
    showDiagnostics: (diagnostics) => printDiagnostics(diagnostics, files, deps),
    print: deps.out,
  };
  if (isListing(wish.request)) return runPlaybooks(wish.request, context);
  const store = openSqliteStore(storeDirectory(deps));
  try {
    const report = withWatcher(
      withJunit(createRunReport({ config, deps, isJson: wish.isJson }), deps),
      wish.watch,
    );
    const recorder = createRunRecorder(runId, store, report);
    const recording = {
      ...context,
      emit: recorder.emit,
      showDiagnostics: (diagnostics: readonly Diagnostic[]) =>
        sayDiagnostics(diagnostics, { emit: recorder.emit, show: context.showDiagnostics }),
    };
    return await recorded({ wish, context: recording, store }, async () => {
      const exitCode = await unlessInterrupted(() => runPlaybooks(wish.request, recording), deps);
      await recorder.settled();
      return exitCode;
    });
  } finally {
    await store.close();
  }
}

type Saying = {
  readonly emit: (event: RunEvent) => void;
  readonly show: (diagnostics: readonly Diagnostic[]) => void;
};

/** Warnings belong to the run and are stored with it; errors are shown with the lines they speak of. */
function sayDiagnostics(diagnostics: readonly Diagnostic[], { emit, show }: Saying): void {
  for (const diagnostic of diagnostics)
    if (diagnostic.severity === 'warning')
      emit({ kind: 'message', level: 'warning', text: warningText(diagnostic) });
  show(diagnostics.filter(({ severity }) => severity === 'error'));
}

type Recording = { readonly wish: Wish; readonly context: RunContext; readonly store: RunStore };

/** Stores the beginning and the end of a run around it, however it ends. */
async function recorded({ context, store, wish }: Recording, work: () => Promise<number>): Promise<number> {
  const { clock, emit, options, runId } = context;
  const { command } = wish;
  const at = clock.now();
  const stored = store.startRun({ runId, startedAt: at, command });
  emit({ kind: 'run-started', runId, at, command, options });
  emit({ kind: 'message', level: 'verbose', verbosity: 1, text: configText(context.config) });
  let exitCode: number = exitCodes.unexpected;
  try {
    exitCode = await work();
    return exitCode;
  } finally {
    emit({ kind: 'run-finished', at: clock.now(), exitCode });
    await stored;
    await store.finishRun(runId, { finishedAt: clock.now(), exitCode });
  }
}

/** The exit code of the work, or that of an interrupted run as soon as the user interrupts it. */
async function unlessInterrupted(work: () => Promise<number>, deps: CommandDeps): Promise<number> {
  const interrupt = onInterrupt();
  try {
    const exitCode = await Promise.race([work(), interrupt.raised]);
    if (exitCode === exitCodes.interrupted) deps.err(' [ERROR]: User interrupted execution\n');
    return exitCode;
  } finally {
    interrupt.stop();
  }
}

function withWatcher(report: (event: RunEvent) => void, watch: Wish['watch']): (event: RunEvent) => void {
  if (watch === undefined) return report;
  return (event) => {
    report(event);
    watch(event);
  };
}

function isListing({ listing }: RunRequest): boolean {
  return listing.hosts || listing.tasks || listing.tags || listing.syntaxCheck;
}
