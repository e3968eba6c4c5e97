/** Prints a run on a terminal, byte for byte as Ansible's default callback does: a fold over its events. */

import type { RunEvent, TaskHeader } from '../wire/run-event.ts';
import { forDisplay, hostLabel } from './outcome.ts';
import { printRecap } from './recap.ts';
import { createScreen, type Screen, type Write } from './screen.ts';
import { dumpWhole, printItem, printTask } from './terminal-results.ts';
import {
  type EventOf,
  FULL_VERBOSITY,
  headerOf,
  PATH_VERBOSITY,
  printBanner,
  type TerminalReportOptions,
  type TerminalState,
} from './terminal-state.ts';

/** A report that prints each event as it comes. */
export function createTerminalReport(
  options: TerminalReportOptions,
  write: Write,
): (event: RunEvent) => void {
  const screen = createScreen(options, write);
  const state: TerminalState = { options, screen, tasks: new Map(), lastBanner: undefined, isFree: false };
  return (event) => printEvent(state, event);
}

function printEvent(state: TerminalState, event: RunEvent): void {
  const { options, screen } = state;
  switch (event.kind) {
    case 'run-started':
    case 'run-finished':
      break;
    case 'playbook-started':
      printPlaybook(state, event);
      break;
    case 'play-started':
      printPlay(state, event);
      break;
    case 'no-hosts-matched':
      screen.line('skipping: no hosts matched', 'skip');
      break;
    case 'no-hosts-left':
      screen.banner('NO MORE HOSTS LEFT');
      break;
    case 'task-started':
      startTask(state, event.task);
      break;
    case 'host-started':
      printHostStart(state, event);
      break;
    case 'item-finished':
      printItem(state, event);
      break;
    case 'task-finished':
      printTask(state, event);
      break;
    case 'task-retried':
      printRetry(state, event);
      break;
    case 'async-polled':
    case 'async-finished':
      printAsync(screen, event);
      break;
    case 'file-included':
      printInclude(state, event);
      break;
    case 'handler-notified':
      printNotified(state, event);
      break;
    case 'message':
      printMessage(state, event);
      break;
    case 'playbook-finished':
      printRecap(event, options, screen);
      break;
    default:
      event satisfies never;
  }
}

function printPlaybook({ options, screen }: TerminalState, event: EventOf<'playbook-started'>): void {
  if (options.verbosity >= PATH_VERBOSITY) screen.banner(`PLAYBOOK: ${event.path.split('/').at(-1)}`);
  const { summary } = event;
  if (options.verbosity >= PATH_VERBOSITY && summary !== undefined)
    screen.line(`${summary.plays} plays in ${summary.name}`, 'verbose');
  if (options.isCheckMode && options.checkModeMarkers) screen.banner('DRY RUN');
}

function printPlay(state: TerminalState, event: EventOf<'play-started'>): void {
  const marker = event.isCheckMode && state.options.checkModeMarkers ? ' [CHECK MODE]' : '';
  const title = event.title.trim();
  state.isFree = event.isFree;
  state.screen.banner(title === '' ? `PLAY${marker}` : `PLAY [${title}]${marker}`);
}

function startTask(state: TerminalState, task: TaskHeader): void {
  state.tasks.set(task.id, task);
  const isBannerDue = state.options.showSkippedHosts && state.options.showOkHosts;
  if (!state.isFree && isBannerDue) printBanner(state, task);
}

function printHostStart({ options, screen, tasks }: TerminalState, event: EventOf<'host-started'>): void {
  const task = tasks.get(event.task);
  if (!options.showPerHostStart || task === undefined) return;
  const kind = task.isHandler ? 'HANDLER' : 'TASK';
  screen.line(` [started ${kind}: ${event.title} on ${event.host}]`, 'ok');
}

function printRetry(state: TerminalState, event: EventOf<'task-retried'>): void {
  const task = headerOf(state, event.task);
  const outcome = forDisplay(event.outcome);
  const name = task.name ?? task.title;
  const text = `FAILED - RETRYING: [${hostLabel(outcome)}]: ${name} (${event.attemptsLeft} retries left).`;
  const { alwaysVerbose } = outcome;
  const isVerbose = state.options.verbosity >= FULL_VERBOSITY || alwaysVerbose === true;
  const result = isVerbose && outcome.neverVerbose !== true ? dumpWhole(state, outcome) : undefined;
  state.screen.line(result === undefined ? text : `${text}Result was: ${result}`, 'debug');
}

function printInclude(state: TerminalState, event: EventOf<'file-included'>): void {
  const { screen, tasks } = state;
  const task = event.task === undefined ? undefined : tasks.get(event.task);
  if (state.isFree && task !== undefined && state.lastBanner !== task.id) printBanner(state, task);
  const text = `included: ${event.file} for ${event.hosts.join(', ')}`;
  screen.line(event.label === undefined ? text : `${text} => (item=${event.label})`, 'skip');
}

function printNotified({ options, screen }: TerminalState, event: EventOf<'handler-notified'>): void {
  if (options.verbosity < PATH_VERBOSITY) return;
  screen.line(`NOTIFIED HANDLER ${event.handler} for ${event.host}`, 'verbose');
}

function printAsync(screen: Screen, event: EventOf<'async-finished' | 'async-polled'>): void {
  const { host, job } = event;
  if (event.kind === 'async-finished') {
    screen.line(`ASYNC ${event.hasFailed ? 'FAILED' : 'OK'} on ${host}: jid=${job}`, 'debug');
    return;
  }
  const { finished, started } = event;
  screen.line(`ASYNC POLL on ${host}: jid=${job} started=${started} finished=${finished}`, 'debug');
}

/** Prints what is no result: warnings, errors, what `-v` says. */
export function printMessage(state: TerminalState, event: EventOf<'message'>): void {
  const { options, screen } = state;
  switch (event.level) {
    case 'plain':
      screen.line(event.text);
      break;
    case 'warning':
      screen.warning(event.text, event.host !== undefined);
      break;
    case 'error':
      screen.error(event.text);
      break;
    case 'deprecated':
      if (options.deprecationWarnings) screen.deprecated(event.text, event.deprecation ?? {});
      break;
    case 'verbose':
      printVerbose(state, event);
      break;
    default:
      event.level satisfies never;
  }
}

function printVerbose({ options, screen }: TerminalState, event: EventOf<'message'>): void {
  if (options.verbosity < (event.verbosity ?? 1)) return;
  const text = event.host === undefined ? event.text : `<${event.host}> ${event.text}`;
  screen.line(text, 'verbose', options.verboseToStderr ? 'stderr' : 'stdout');
}
