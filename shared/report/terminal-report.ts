/** Prints a run on a terminal, byte for byte as Ansible's default callback does: a fold over its events. */

import type { ReportOptions, RunEvent, TaskHeader, TaskOutcome } from '../wire/run-event.ts';
import type { ColourRole } from './colour.ts';
import { diffText } from './diff-text.ts';
import { forDisplay, hostLabel, isInclude, shownByDebug, takeNotices, takeResults } from './outcome.ts';
import { printRecap } from './recap.ts';
import { resultText } from './result-text.ts';
import { createScreen, type Screen, type ScreenOptions, type Write } from './screen.ts';

export type TerminalReportOptions = ReportOptions & ScreenOptions;

type EventOf<Kind extends RunEvent['kind']> = Extract<RunEvent, { kind: Kind }>;
type Ok = 'changed' | 'ok';

/** What the fold remembers. */
type State = {
  readonly options: TerminalReportOptions;
  readonly screen: Screen;
  readonly tasks: Map<string, TaskHeader>;
  /** The task whose banner was printed last. */
  lastBanner: string | undefined;
  isFree: boolean;
};

/** Verbosity from which banners are followed by the task's path. */
const PATH_VERBOSITY = 2;
/** Verbosity from which a failure's traceback is printed whole. */
const TRACEBACK_VERBOSITY = 3;

/** A report that prints each event as it comes. */
export function createTerminalReport(
  options: TerminalReportOptions,
  write: Write,
): (event: RunEvent) => void {
  const screen = createScreen(options, write);
  const state: State = { options, screen, tasks: new Map(), lastBanner: undefined, isFree: false };
  return (event) => printEvent(state, event);
}

function printEvent(state: State, event: RunEvent): void {
  const { options, screen } = state;
  switch (event.kind) {
    case 'run-started':
      return;
    case 'playbook-started':
      return printPlaybook(state, event);
    case 'play-started':
      return printPlay(state, event);
    case 'no-hosts-matched':
      return screen.line('skipping: no hosts matched', 'skip');
    case 'no-hosts-left':
      return screen.banner('NO MORE HOSTS LEFT');
    case 'task-started':
      return startTask(state, event.task);
    case 'host-started':
      return printHostStart(state, event);
    case 'item-finished':
      return printItem(state, event);
    case 'task-finished':
      return printTask(state, event);
    case 'task-retried':
      return printRetry(state, event);
    case 'async-polled':
      return screen.line(
        `ASYNC POLL on ${event.host}: jid=${event.job} started=${event.started} finished=${event.finished}`,
        'debug',
      );
    case 'async-finished':
      return screen.line(
        `ASYNC ${event.hasFailed ? 'FAILED' : 'OK'} on ${event.host}: jid=${event.job}`,
        'debug',
      );
    case 'file-included':
      return printInclude(screen, event);
    case 'handler-notified':
      if (options.verbosity < PATH_VERBOSITY) return;
      return screen.line(`NOTIFIED HANDLER ${event.handler} for ${event.host}`, 'verbose');
    case 'message':
      return printMessage(state, event);
    case 'run-finished':
      return printRecap(event, options, screen);
    default:
      return event satisfies never;
  }
}

function printPlaybook({ options, screen }: State, event: EventOf<'playbook-started'>): void {
  if (options.verbosity >= PATH_VERBOSITY) screen.banner(`PLAYBOOK: ${event.path.split('/').at(-1)}`);
  if (options.isCheckMode && options.checkModeMarkers) screen.banner('DRY RUN');
}

function printPlay(state: State, event: EventOf<'play-started'>): void {
  const marker = event.isCheckMode && state.options.checkModeMarkers ? ' [CHECK MODE]' : '';
  const title = event.title.trim();
  state.isFree = event.isFree;
  state.screen.banner(title === '' ? `PLAY${marker}` : `PLAY [${title}]${marker}`);
}

function startTask(state: State, task: TaskHeader): void {
  state.tasks.set(task.id, task);
  const isBannerDue = state.options.showSkippedHosts && state.options.showOkHosts;
  if (!state.isFree && isBannerDue) printBanner(state, task);
}

/** The banner comes late when it depends on a result whether the task is shown at all. */
function ensureBanner(state: State, task: TaskHeader): void {
  if (state.lastBanner !== task.id) printBanner(state, task);
}

function printBanner(state: State, task: TaskHeader): void {
  const { options, screen } = state;
  const prefix = task.isHandler ? 'RUNNING HANDLER' : 'TASK';
  const args = options.showArgs && task.args !== undefined ? ` ${task.args}` : '';
  const marker = task.isCheckMode && options.checkModeMarkers ? ' [CHECK MODE]' : '';
  screen.banner(`${prefix} [${task.title.trim()}${args}]${marker}`);
  if (options.verbosity >= PATH_VERBOSITY) printPath(screen, task);
  state.lastBanner = task.id;
}

function printPath(screen: Screen, task: TaskHeader): void {
  screen.line(`task path: ${task.file}:${task.line}`, 'debug');
}

function printHostStart({ options, screen, tasks }: State, event: EventOf<'host-started'>): void {
  const task = tasks.get(event.task);
  if (!options.showPerHostStart || task === undefined) return;
  const kind = task.isHandler ? 'HANDLER' : 'TASK';
  screen.line(` [started ${kind}: ${task.title} on ${event.host}]`, 'ok');
}

function printTask(state: State, event: EventOf<'task-finished'>): void {
  const task = headerOf(state, event.task);
  const outcome = forDisplay(event.outcome);
  switch (outcome.status) {
    case 'ok':
    case 'changed':
      return printOk(state, task, { ...outcome, status: outcome.status });
    case 'failed':
      return printFailed(state, task, outcome);
    case 'skipped':
      return printSkipped(state, task, outcome);
    case 'unreachable':
      return printUnreachable(state, task, outcome);
    default:
      return outcome.status satisfies never;
  }
}

function printOk(state: State, task: TaskHeader, outcome: TaskOutcome & { status: Ok }): void {
  const { options, screen } = state;
  printDiff(state, task, outcome);
  if (!isInclude(task) && outcome.status === 'ok' && !options.showOkHosts) return;
  ensureBanner(state, task);
  if (isInclude(task)) return;
  printNotices(state, outcome);
  if (task.isLoop && takeResults(outcome)) return;
  const text = `${outcome.status}: [${hostLabel(outcome)}]${verboseText(state, task, outcome)}`;
  screen.line(text, outcome.status);
}

function printFailed(state: State, task: TaskHeader, outcome: TaskOutcome): void {
  const { options, screen } = state;
  ensureBanner(state, task);
  printException(state, outcome);
  printNotices(state, outcome);
  if (!task.isLoop || !takeResults(outcome)) {
    if (options.verbosity < PATH_VERBOSITY && options.showTaskPathOnFailure) printPath(screen, task);
    const text = `fatal: [${hostLabel(outcome)}]: FAILED! => ${dump(state, task, outcome)}`;
    screen.line(text, 'error', failureStream(options));
  }
  if (outcome.ignored === true) screen.line('...ignoring', 'skip');
}

function printSkipped(state: State, task: TaskHeader, outcome: TaskOutcome): void {
  if (!state.options.showSkippedHosts) return;
  ensureBanner(state, task);
  if (task.isLoop) takeResults(outcome);
  state.screen.line(`skipping: [${outcome.host}]${verboseText(state, task, outcome)}`, 'skip');
}

function printUnreachable(state: State, task: TaskHeader, outcome: TaskOutcome): void {
  const { options, screen } = state;
  ensureBanner(state, task);
  const result = resultText(outcome.result, options);
  const text = `fatal: [${hostLabel(outcome)}]: UNREACHABLE! => ${result}`;
  screen.line(text, 'unreachable', failureStream(options));
  if (outcome.ignored === true) screen.line('...ignoring', 'skip');
}

function printItem(state: State, event: EventOf<'item-finished'>): void {
  const task = headerOf(state, event.task);
  const outcome = forDisplay(event.outcome);
  switch (outcome.status) {
    case 'ok':
    case 'changed':
      return printItemOk(state, task, { event, outcome, colour: outcome.status });
    case 'failed':
    case 'unreachable':
      return printItemFailed(state, task, { event, outcome, colour: 'error' });
    case 'skipped':
      return printItemSkipped(state, task, { event, outcome, colour: 'skip' });
    default:
      return outcome.status satisfies never;
  }
}

type Item = {
  readonly event: EventOf<'item-finished'>;
  readonly outcome: TaskOutcome;
  readonly colour: ColourRole;
};

function printItemOk(state: State, task: TaskHeader, { event, outcome, colour }: Item): void {
  printDiff(state, task, outcome);
  if (isInclude(task) || (outcome.status === 'ok' && !state.options.showOkHosts)) return;
  ensureBanner(state, task);
  const text = `${outcome.status}: [${hostLabel(outcome)}] => (item=${event.label})`;
  state.screen.line(text + verboseText(state, task, outcome), colour);
}

function printItemFailed(state: State, task: TaskHeader, { event, outcome, colour }: Item): void {
  ensureBanner(state, task);
  printException(state, outcome);
  printNotices(state, outcome);
  const text = `failed: [${hostLabel(outcome)}] (item=${event.label}) => ${dump(state, task, outcome)}`;
  state.screen.line(text, colour, failureStream(state.options));
}

function printItemSkipped(state: State, task: TaskHeader, { event, outcome, colour }: Item): void {
  if (!state.options.showSkippedHosts) return;
  ensureBanner(state, task);
  const text = `skipping: [${outcome.host}] => (item=${event.label}) `;
  state.screen.line(text + verboseText(state, task, outcome), colour);
}

function printRetry(state: State, event: EventOf<'task-retried'>): void {
  const task = headerOf(state, event.task);
  const outcome = forDisplay(event.outcome);
  const name = task.name ?? task.title;
  const text = `FAILED - RETRYING: [${hostLabel(outcome)}]: ${name} (${event.attemptsLeft} retries left).`;
  const { alwaysVerbose } = outcome;
  const isVerbose = state.options.verbosity >= TRACEBACK_VERBOSITY || alwaysVerbose === true;
  const result = isVerbose && outcome.neverVerbose !== true ? dumpWhole(state, outcome) : undefined;
  state.screen.line(result === undefined ? text : `${text}Result was: ${result}`, 'debug');
}

function printInclude(screen: Screen, event: EventOf<'file-included'>): void {
  const text = `included: ${event.file} for ${event.hosts.join(', ')}`;
  screen.line(event.label === undefined ? text : `${text} => (item=${event.label})`, 'skip');
}

function printMessage({ options, screen }: State, event: EventOf<'message'>): void {
  switch (event.level) {
    case 'plain':
      return screen.line(event.text);
    case 'warning':
      return screen.warning(event.text);
    case 'error':
      return screen.error(event.text);
    case 'deprecated':
      return options.deprecationWarnings ? screen.deprecated(event.text, event.deprecation ?? {}) : undefined;
    case 'verbose': {
      if (options.verbosity < (event.verbosity ?? 1)) return;
      const text = event.host === undefined ? event.text : `<${event.host}> ${event.text}`;
      return screen.line(text, 'verbose', options.verboseToStderr ? 'stderr' : 'stdout');
    }
    default:
      return event.level satisfies never;
  }
}

function printDiff(state: State, task: TaskHeader, outcome: TaskOutcome): void {
  const diff = outcome.result.get('diff');
  if (outcome.showsDiff !== true || diff === undefined || outcome.status !== 'changed') return;
  const text = diffText(diff, { ...state.options, paint: state.screen.paint });
  if (text === '') return;
  ensureBanner(state, task);
  state.screen.line(text);
}

/** Warnings that a module left in its result; they are not printed again with the result. */
function printNotices({ options, screen }: State, outcome: TaskOutcome): void {
  if (!options.actionWarnings) return;
  const { deprecations, warnings } = takeNotices(outcome);
  for (const warning of warnings) screen.warning(warning);
  if (!options.deprecationWarnings) return;
  for (const { text, about } of deprecations) screen.deprecated(text, about);
}

function printException({ options, screen }: State, outcome: TaskOutcome): void {
  const exception = outcome.result.get('exception');
  if (typeof exception !== 'string') return;
  const last = exception.trim().split('\n').at(-1) ?? '';
  const text =
    options.verbosity < TRACEBACK_VERBOSITY
      ? `An exception occurred during task execution. To see the full traceback, use -vvv. The error was: ${last}`
      : `The full traceback is:\n${exception}`;
  screen.line(text, 'error', failureStream(options));
}

function verboseText(state: State, task: TaskHeader, outcome: TaskOutcome): string {
  const isVerbose = state.options.verbosity > 0 || outcome.alwaysVerbose === true;
  return isVerbose && outcome.neverVerbose !== true ? ` => ${dump(state, task, outcome)}` : '';
}

function dump(state: State, task: TaskHeader, outcome: TaskOutcome): string {
  return dumpWhole(state, { ...outcome, result: shownByDebug(task, outcome) });
}

function dumpWhole(state: State, outcome: TaskOutcome): string {
  const { alwaysVerbose } = outcome;
  return resultText(outcome.result, {
    ...state.options,
    ...(alwaysVerbose === undefined ? {} : { alwaysVerbose }),
  });
}

function failureStream(options: ReportOptions): 'stderr' | 'stdout' {
  return options.showFailedToStderr ? 'stderr' : 'stdout';
}

function headerOf(state: State, id: string): TaskHeader {
  const task = state.tasks.get(id);
  if (task === undefined) throw new Error(`a result came before its task ${id} was started`);
  return task;
}
