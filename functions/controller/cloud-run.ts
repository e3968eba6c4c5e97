/**
 * A run in the cloud, from its event to its exit code, over durable operations.
 *
 * It is replayed after each of them. So what it decides follows from its event, the project, and what steps and functions
 * have answered; what it has to say is kept until a step stores it; and time is only a stamp on records, of which the
 * store keeps the first.
 */

import { createHash } from 'node:crypto';
import { RunAbort } from '../../shared/base/abort.ts';
import type { Clock } from '../../shared/base/clock.ts';
import { type Diagnostic, hasErrors } from '../../shared/base/diagnostic.ts';
import { FailureError } from '../../shared/base/failure.ts';
import { limits } from '../../shared/base/limits.ts';
import { type Dict, isDict } from '../../shared/base/value.ts';
import { configText } from '../../shared/project/config/config-text.ts';
import { type Config, loadConfig } from '../../shared/project/config/load-config.ts';
import type { ProjectFiles } from '../../shared/project/files.ts';
import type { Project } from '../../shared/project/load-project.ts';
import type { Play } from '../../shared/project/model.ts';
import { renderDiagnostic, sourceLines, warningText } from '../../shared/project/render-diagnostic.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import { putTexts, readTexts } from '../../shared/store/stage-blobs.ts';
import { exitCodes } from '../../shared/wire/exit-code.ts';
import type { ReportOptions, RunEvent } from '../../shared/wire/run-event.ts';
import type { RunInvocation } from '../../shared/wire/stage.ts';
import { formatWire, parseWire } from '../../shared/wire/wire-json.ts';
import type { AskDeps } from './ask-hosts.ts';
import { ChapterFull, type ChapterRunner, createChapterRunner } from './chapter-runner.ts';
import { createDurableEngine, RunStopped } from './durable-engine.ts';
import { codeOfMistakes } from './mistakes-code.ts';
import { configuredStrategy } from './play-description.ts';
import { defaultAnswers, openPrompts, unansweredPrompts } from './prompt-answers.ts';
import { reportOptions } from './report-options.ts';
import { runPlaybooks } from './run.ts';
import { createRunRecords, type RunRecords } from './run-records.ts';

export type CloudRunDeps = AskDeps & {
  readonly store: Pick<RunStore, 'findRun' | 'finishRun' | 'putRecords' | 'startRun'>;
  readonly clock: Clock;
  /** Unpacks and loads the project; the same each time. */
  readonly loadProject: () => Promise<ControlledProject>;
};

/** What the controller must know of a project. */
export type ControlledProject = {
  readonly project: Project;
  /** What is wrong with it; with errors among them it is not run. */
  readonly diagnostics: readonly Diagnostic[];
  readonly config: Config;
  readonly files: Pick<ProjectFiles, 'read'>;
};

type Run = CloudRunDeps & { readonly invocation: RunInvocation; readonly records: RunRecords };

/** Runs what the event asks for; the exit code. Rejects when the store cannot be written. */
export async function runInCloud(invocation: RunInvocation, deps: CloudRunDeps): Promise<number> {
  const past = invocation.past === undefined ? [] : await readTexts(invocation.past, deps.blobs);
  const runner = createChapterRunner(deps.runner, past);
  try {
    return await goThrough({ ...deps, runner, invocation, records: createRunRecords() });
  } catch (error) {
    if (!(error instanceof ChapterFull)) throw error;
    return continueElsewhere(invocation, runner, deps);
  }
}

/** Starts the execution that goes on with what is learnt so far, and waits for it. */
async function continueElsewhere(
  invocation: RunInvocation,
  { learnt }: ChapterRunner,
  { blobs, runner }: CloudRunDeps,
): Promise<number> {
  const past = await runner.step('chapter ends', () => putTexts(learnt(), blobs));
  const next = { to: 'controller', name: 'next chapter', event: { ...invocation, past } } as const;
  const [end] = await runner.call('chapters', [next], 1);
  if (end?.kind !== 'returned') throw new Error(`the run's next execution failed: ${end?.message}`);
  return Number(end.text);
}

/** The whole run, with its record in the store around it. */
async function goThrough(run: Run): Promise<number> {
  const { clock, invocation, records, runner, store } = run;
  const { command, runId } = invocation;
  await runner.step('start', async () => {
    await store.startRun({ runId, startedAt: clock.now(), command });
    return '';
  });
  const exitCode = await endOf(() => runProject(run), records);
  await runner.step('end', async () => {
    const finishedAt = clock.now();
    const { first, records: last } = records.take();
    await store.putRecords(runId, first, [...last, { kind: 'run-finished', at: finishedAt, exitCode }]);
    await store.finishRun(runId, { finishedAt, exitCode });
    return '';
  });
  return exitCode;
}

/** The exit code of the work, or of what ended it, which is said as the command line says it. */
async function endOf(work: () => Promise<number>, records: RunRecords): Promise<number> {
  const say = (text: string): void => records.add({ kind: 'message', level: 'error', text });
  try {
    return await work();
  } catch (error) {
    if (error instanceof ChapterFull) throw error;
    if (error instanceof RunStopped) {
      records.add({ kind: 'message', level: 'plain', text: ' [ERROR]: User interrupted execution' });
      return exitCodes.interrupted;
    }
    if (error instanceof RunAbort) {
      for (const text of error.warnings) records.add({ kind: 'message', level: 'warning', text });
      say(error.message);
      return error.isParserError ? exitCodes.parserError : exitCodes.error;
    }
    if (error instanceof FailureError) {
      const { detail, message } = error.failure;
      say(detail === undefined ? message : `${message}\n${detail}`);
      return exitCodes.error;
    }
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say(`Unexpected Exception, this is probably a bug: ${trace}`);
    return exitCodes.unexpected;
  }
}

async function runProject(run: Run): Promise<number> {
  const { clock, invocation, records } = run;
  const { command, request, runId } = invocation;
  const start = (options: ReportOptions): void =>
    records.add({ kind: 'run-started', runId, at: clock.now(), command, options });
  const loaded = await run.loadProject().catch((error: unknown) => {
    // Its configuration is not known: why it cannot be loaded is shown as the defaults have it.
    start(reportOptions(loadConfig(noFiles).value, request));
    throw error;
  });
  const { config, diagnostics, project } = loaded;
  const options = reportOptions(config, request);
  start(options);
  records.add({ kind: 'message', level: 'verbose', verbosity: 1, text: configText(config) });
  sayMistakes(loaded, records);
  if (hasErrors(diagnostics)) return codeOfMistakes(diagnostics);
  const unanswered = project.playbooks.flatMap(({ plays }) =>
    plays.flatMap((play) => unansweredPrompts(play, project)),
  );
  if (unanswered.length > 0) {
    const names = [...new Set(unanswered)].join(', ');
    const text = `Nobody is there to answer the vars_prompt of ${names}: give them with -e, or a default`;
    records.add({ kind: 'message', level: 'error', text });
    return exitCodes.error;
  }
  return runPlaybooks({
    project,
    playbookNames: request.playbooks,
    clock: { ...clock, randomBytes: runRandom(runId) },
    emit: records.add,
    isCheckMode: request.isCheckMode,
    pattern: request.adHoc?.pattern,
    strategy: request.strategy ?? configuredStrategy(config),
    askVars: createAskVars(run, project),
    reloadInventory: () => Promise.resolve(project.readInventory().value),
    openEngine: (events) =>
      createDurableEngine(
        {
          ...run,
          project,
          isDiff: options.isDiff,
          verbosity: options.verbosity,
          forks: request.forks ?? limits.cloudForks,
        },
        events,
      ),
  });
}

const noFiles: ProjectFiles = {
  read: () => undefined,
  kind: () => undefined,
  list: () => [],
  run: () => ({ exitCode: 1, stdout: '', stderr: '' }),
  environment: () => undefined,
  homeDirectory: '/',
  workingDirectory: '/',
};

/** Warnings as they are stored on a laptop; errors with their lines, each once. */
function sayMistakes({ diagnostics, files }: ControlledProject, records: RunRecords): void {
  const message = (level: 'error' | 'warning', text: string): RunEvent => ({ kind: 'message', level, text });
  const readLine = sourceLines(files);
  for (const diagnostic of diagnostics)
    if (diagnostic.severity === 'warning') records.add(message('warning', warningText(diagnostic)));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const texts = errors.map((error) => renderDiagnostic(error, readLine).replace(/^ERROR! /, ''));
  for (const text of new Set(texts)) records.add(message('error', text));
}

/** Defaults of `vars_prompt`, once for the run: hashes of passwords have random salts. */
function createAskVars({ blobs, records, runner }: Run, project: Project): (play: Play) => Promise<Dict> {
  return async (play) => {
    if (openPrompts(play, project).length === 0) return new Map();
    const text = 'Not prompting as we are not in interactive mode';
    records.add({ kind: 'message', level: 'warning', text });
    const stored = await runner.step('prompts', () =>
      putTexts([formatWire(defaultAnswers(play, project), blobs.forms)], blobs),
    );
    const [answers = ''] = await readTexts(stored, blobs);
    return parseAnswers(parseWire(answers, blobs.forms));
  };
}

function parseAnswers(wire: unknown): Dict {
  if (!isDict(wire as Dict)) throw new Error('the answers to prompts are no dict');
  return wire as Dict;
}

/** Random bytes that are the same in every replay: nothing secret is made of them, only the order of hosts. */
function runRandom(runId: string): Clock['randomBytes'] {
  let count = 0;
  return (length) => {
    const blocks: Uint8Array[] = [];
    for (let made = 0; made < length; made += 32) {
      blocks.push(createHash('sha256').update(`order ${runId} ${count}`).digest());
      count += 1;
    }
    return Buffer.concat(blocks).subarray(0, length);
  };
}
