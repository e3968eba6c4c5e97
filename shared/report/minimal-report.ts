/** Prints an ad-hoc command, byte for byte as Ansible's callbacks `minimal` and `oneline` do: a block or a line a host. */

import type { RunEvent, TaskHeader, TaskOutcome } from '../wire/run-event.ts';
import type { ColourRole } from './colour.ts';
import { diffText } from './diff-text.ts';
import { forDisplay, shownByDebug } from './outcome.ts';
import { resultText } from './result-text.ts';
import { createScreen, type Write } from './screen.ts';
import { printMessage } from './terminal-report.ts';
import { printException, printNotices } from './terminal-results.ts';
import {
  type EventOf,
  FULL_VERBOSITY,
  headerOf,
  type TerminalReportOptions,
  type TerminalState,
} from './terminal-state.ts';

/** Actions whose output is shown as it is. */
const PLAIN_OUTPUT = /^(?:ansible\.(?:builtin|legacy|windows)\.)?(?:win_)?(?:command|shell|raw)$/;
const INDENT = 4;

/** A report that prints each host's result as it comes. */
export function createMinimalReport(options: TerminalReportOptions, write: Write): (event: RunEvent) => void {
  const screen = createScreen(options, write);
  const state: TerminalState = { options, screen, tasks: new Map(), lastBanner: undefined, isFree: false };
  return (event) => {
    if (event.kind === 'task-started') state.tasks.set(event.task.id, event.task);
    else if (event.kind === 'message') printMessage(state, event);
    else if (event.kind === 'no-hosts-matched') screen.warning('No hosts matched, nothing to do');
    else if (event.kind === 'task-finished') printResult(state, event);
  };
}

function printResult(state: TerminalState, event: EventOf<'task-finished'>): void {
  const task = headerOf(state, event.task);
  const outcome = forDisplay(event.outcome);
  const isOneLine = state.options.style === 'oneline';
  switch (outcome.status) {
    case 'ok':
    case 'changed':
      printOk(state, task, outcome);
      break;
    case 'failed':
      if (isOneLine) printFailedLine(state, task, outcome);
      else printFailed(state, task, outcome);
      break;
    case 'skipped':
      state.screen.line(`${outcome.host} | SKIPPED`, 'skip');
      break;
    case 'unreachable':
      printUnreachable(state, outcome);
      break;
    default:
      outcome.status satisfies never;
  }
}

function printOk(state: TerminalState, task: TaskHeader, outcome: TaskOutcome): void {
  const { options, screen } = state;
  const isOneLine = options.style === 'oneline';
  if (!isOneLine) {
    printDiff(state, outcome);
    printNotices(state, outcome);
  }
  const colour = outcome.status === 'changed' ? 'changed' : 'ok';
  const word = outcome.status === 'changed' ? 'CHANGED' : 'SUCCESS';
  if (PLAIN_OUTPUT.test(task.action) && !outcome.result.has('ansible_job_id')) {
    printOutput(state, outcome, { word, colour });
    return;
  }
  const result = isOneLine ? outcome.result : shownByDebug(task, outcome);
  screen.line(`${outcome.host} | ${word} => ${dumped(state, { ...outcome, result })}`, colour);
}

function printFailed(state: TerminalState, task: TaskHeader, outcome: TaskOutcome): void {
  printException(state, outcome);
  printNotices(state, outcome);
  if (PLAIN_OUTPUT.test(task.action) && !outcome.result.has('module_stderr')) {
    printOutput(state, outcome, { word: 'FAILED', colour: 'error' });
    return;
  }
  state.screen.line(`${outcome.host} | FAILED! => ${dumped(state, outcome)}`, 'error');
}

/** One line, and one more before it for an exception. */
function printFailedLine(state: TerminalState, task: TaskHeader, outcome: TaskOutcome): void {
  const { options, screen } = state;
  const exception = outcome.result.get('exception');
  if (typeof exception === 'string') {
    if (PLAIN_OUTPUT.test(task.action) && !outcome.result.has('module_stderr'))
      printOutput(state, outcome, { word: 'FAILED', colour: 'error' });
    else if (options.verbosity < FULL_VERBOSITY) printException(state, outcome);
    else {
      const whole = exception.replaceAll('\n', '');
      const text = `An exception occurred during task execution. The full traceback is:\n${whole}`;
      screen.line(text, 'error');
    }
  }
  screen.line(`${outcome.host} | FAILED! => ${dumped(state, outcome)}`, 'error');
}

function printUnreachable(state: TerminalState, outcome: TaskOutcome): void {
  const text =
    state.options.style === 'oneline'
      ? `UNREACHABLE!: ${textOf(outcome, 'msg')}`
      : `UNREACHABLE! => ${dumped(state, outcome)}`;
  state.screen.line(`${outcome.host} | ${text}`, 'unreachable');
}

type Caption = { readonly word: string; readonly colour: ColourRole };

/** What a command printed, under a line that says how it ended. */
function printOutput(state: TerminalState, outcome: TaskOutcome, { word, colour }: Caption): void {
  const code = outcome.result.get('rc') ?? -1;
  const caption = `${outcome.host} | ${word} | rc=${String(code)}`;
  if (state.options.style !== 'oneline') {
    const output = ['stdout', 'stderr', 'msg'].map((name) => textOf(outcome, name)).join('');
    state.screen.line(`${caption} >>\n${output}\n`, colour);
    return;
  }
  const [stdout, stderr] = ['stdout', 'stderr'].map((name) =>
    textOf(outcome, name).replaceAll('\n', '\\n').replaceAll('\r', '\\r'),
  );
  const errors = stderr === '' ? '' : ` (stderr) ${stderr}`;
  state.screen.line(`${caption} | (stdout) ${stdout}${errors}`, colour);
}

function printDiff({ options, screen }: TerminalState, outcome: TaskOutcome): void {
  const diff = outcome.result.get('diff');
  if (outcome.showsDiff !== true || diff === undefined) return;
  const text = diffText(diff, { ...options, paint: screen.paint });
  if (text !== '') screen.line(text);
}

function dumped({ options }: TerminalState, outcome: TaskOutcome): string {
  if (options.style !== 'oneline') return resultText(outcome.result, { ...options, indent: INDENT });
  const isIndented = options.verbosity >= FULL_VERBOSITY || outcome.alwaysVerbose === true;
  const indent = isIndented ? INDENT : 0;
  return resultText(outcome.result, { ...options, resultFormat: 'json', indent }).replaceAll('\n', '');
}

function textOf(outcome: TaskOutcome, name: string): string {
  const value = outcome.result.get(name);
  return typeof value === 'string' ? value : '';
}
