/** The lines that the terminal report prints for results of tasks and of their items. */

import type { TaskHeader, TaskOutcome } from '../wire/run-event.ts';
import type { ColourRole } from './colour.ts';
import { diffText } from './diff-text.ts';
import {
  forDisplay,
  hostLabel,
  isDebug,
  isInclude,
  shownByDebug,
  takeNotices,
  takeResults,
} from './outcome.ts';
import { resultText } from './result-text.ts';
import {
  type EventOf,
  ensureBanner,
  FULL_VERBOSITY,
  failureStream,
  headerOf,
  PATH_VERBOSITY,
  printPath,
  type TerminalState,
} from './terminal-state.ts';

type Ok = 'changed' | 'ok';

/** Prints a task's result on a host. */
export function printTask(state: TerminalState, event: EventOf<'task-finished'>): void {
  const task = headerOf(state, event.task);
  const outcome = forDisplay(event.outcome);
  switch (outcome.status) {
    case 'ok':
    case 'changed':
      printOk(state, task, { ...outcome, status: outcome.status });
      break;
    case 'failed':
      printFailed(state, task, outcome);
      break;
    case 'skipped':
      printSkipped(state, task, outcome);
      break;
    case 'unreachable':
      printUnreachable(state, task, outcome);
      break;
    default:
      outcome.status satisfies never;
  }
}

function printOk(state: TerminalState, task: TaskHeader, outcome: TaskOutcome & { status: Ok }): void {
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

function printFailed(state: TerminalState, task: TaskHeader, outcome: TaskOutcome): void {
  const { options, screen } = state;
  ensureBanner(state, task);
  printException(state, outcome);
  printNotices(state, outcome);
  // Ansible cleans the result of a debug task first, so that its loops seem to have no results.
  const hasResults = takeResults(outcome) && !isDebug(task);
  if (!task.isLoop || !hasResults) {
    if (options.verbosity < PATH_VERBOSITY && options.showTaskPathOnFailure) printPath(screen, task);
    const text = `fatal: [${hostLabel(outcome)}]: FAILED! => ${dump(state, task, outcome)}`;
    screen.line(text, 'error', failureStream(options));
  }
  if (outcome.ignored === true) screen.line('...ignoring', 'skip');
}

function printSkipped(state: TerminalState, task: TaskHeader, outcome: TaskOutcome): void {
  if (!state.options.showSkippedHosts) return;
  ensureBanner(state, task);
  if (task.isLoop) takeResults(outcome);
  state.screen.line(`skipping: [${outcome.host}]${verboseText(state, task, outcome)}`, 'skip');
}

function printUnreachable(state: TerminalState, task: TaskHeader, outcome: TaskOutcome): void {
  const { options, screen } = state;
  ensureBanner(state, task);
  const result = resultText(outcome.result, options);
  const text = `fatal: [${hostLabel(outcome)}]: UNREACHABLE! => ${result}`;
  screen.line(text, 'unreachable', failureStream(options));
  if (outcome.ignored === true) screen.line('...ignoring', 'skip');
}

/** Prints the result of one item of a loop. */
export function printItem(state: TerminalState, event: EventOf<'item-finished'>): void {
  const task = headerOf(state, event.task);
  const outcome = forDisplay(event.outcome);
  switch (outcome.status) {
    case 'ok':
    case 'changed':
      printItemOk(state, task, { event, outcome, colour: outcome.status });
      break;
    case 'failed':
    case 'unreachable':
      printItemFailed(state, task, { event, outcome, colour: 'error' });
      break;
    case 'skipped':
      printItemSkipped(state, task, { event, outcome, colour: 'skip' });
      break;
    default:
      outcome.status satisfies never;
  }
}

type Item = {
  readonly event: EventOf<'item-finished'>;
  readonly outcome: TaskOutcome;
  readonly colour: ColourRole;
};

function printItemOk(state: TerminalState, task: TaskHeader, { event, outcome, colour }: Item): void {
  printDiff(state, task, outcome);
  if (isInclude(task) || (outcome.status === 'ok' && !state.options.showOkHosts)) return;
  ensureBanner(state, task);
  const text = `${outcome.status}: [${hostLabel(outcome)}] => (item=${event.label})`;
  state.screen.line(text + verboseText(state, task, outcome), colour);
}

function printItemFailed(state: TerminalState, task: TaskHeader, { event, outcome, colour }: Item): void {
  ensureBanner(state, task);
  printException(state, outcome);
  printNotices(state, outcome);
  const text = `failed: [${hostLabel(outcome)}] (item=${event.label}) => ${dump(state, task, outcome)}`;
  state.screen.line(text, colour, failureStream(state.options));
}

function printItemSkipped(state: TerminalState, task: TaskHeader, { event, outcome, colour }: Item): void {
  if (!state.options.showSkippedHosts) return;
  ensureBanner(state, task);
  const text = `skipping: [${outcome.host}] => (item=${event.label}) `;
  state.screen.line(text + verboseText(state, task, outcome), colour);
}

function printDiff(state: TerminalState, task: TaskHeader, outcome: TaskOutcome): void {
  const diff = outcome.result.get('diff');
  if (outcome.showsDiff !== true || diff === undefined || outcome.status !== 'changed') return;
  const text = diffText(diff, { ...state.options, paint: state.screen.paint });
  if (text === '') return;
  ensureBanner(state, task);
  state.screen.line(text);
}

/** Warnings that a module left in its result; they are not printed again with the result. */
export function printNotices({ options, screen }: TerminalState, outcome: TaskOutcome): void {
  if (!options.actionWarnings) return;
  const { deprecations, warnings } = takeNotices(outcome);
  for (const warning of warnings) screen.warning(warning);
  if (!options.deprecationWarnings) return;
  for (const { text, about } of deprecations) screen.deprecated(text, about);
}

/** Prints the last line of a traceback, or all of it at `-vvv`. */
export function printException({ options, screen }: TerminalState, outcome: TaskOutcome): void {
  const exception = outcome.result.get('exception');
  if (typeof exception !== 'string') return;
  const last = exception.trim().split('\n').at(-1) ?? '';
  const text =
    options.verbosity < FULL_VERBOSITY
      ? `An exception occurred during task execution. To see the full traceback, use -vvv. The error was: ${last}`
      : `The full traceback is:\n${exception}`;
  screen.line(text, 'error', failureStream(options));
}

function verboseText(state: TerminalState, task: TaskHeader, outcome: TaskOutcome): string {
  const isVerbose = state.options.verbosity > 0 || outcome.alwaysVerbose === true;
  return isVerbose && outcome.neverVerbose !== true ? ` => ${dump(state, task, outcome)}` : '';
}

function dump(state: TerminalState, task: TaskHeader, outcome: TaskOutcome): string {
  return dumpWhole(state, { ...outcome, result: shownByDebug(task, outcome) });
}

/** A result as text, whatever its task is. */
export function dumpWhole(state: TerminalState, outcome: TaskOutcome): string {
  const { alwaysVerbose } = outcome;
  return resultText(outcome.result, {
    ...state.options,
    ...(alwaysVerbose === undefined ? {} : { alwaysVerbose }),
  });
}
