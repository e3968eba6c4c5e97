/** What the terminal report remembers between events, and the banner that most of them may need. */

import type { ReportOptions, RunEvent, TaskHeader } from '../wire/run-event.ts';
import type { Screen, ScreenOptions, Stream } from './screen.ts';
import type { YamlFormat } from './yaml-format.ts';

/** What was stored with the run, and what this terminal is like. */
export type TerminalReportOptions = ReportOptions & ScreenOptions & { readonly formatYaml: YamlFormat };

export type EventOf<Kind extends RunEvent['kind']> = Extract<RunEvent, { kind: Kind }>;

export type TerminalState = {
  readonly options: TerminalReportOptions;
  readonly screen: Screen;
  readonly tasks: Map<string, TaskHeader>;
  /** The task whose banner was printed last. */
  lastBanner: string | undefined;
  isFree: boolean;
};

/** Verbosity from which banners are followed by the task's path. */
export const PATH_VERBOSITY = 2;
/** Verbosity from which tracebacks, invocations and retried results are printed whole. */
export const FULL_VERBOSITY = 3;

/** Prints a task's banner unless it was the last one; it comes late when a result decides whether the task is shown. */
export function ensureBanner(state: TerminalState, task: TaskHeader): void {
  if (state.lastBanner !== task.id) printBanner(state, task);
}

/** Prints a task's banner. */
export function printBanner(state: TerminalState, task: TaskHeader): void {
  const { options, screen } = state;
  const prefix = task.isHandler ? 'RUNNING HANDLER' : 'TASK';
  const args = options.showArgs && task.args !== undefined ? ` ${task.args}` : '';
  const marker = task.isCheckMode && options.checkModeMarkers ? ' [CHECK MODE]' : '';
  screen.banner(`${prefix} [${task.title.trim()}${args}]${marker}`);
  if (options.verbosity >= PATH_VERBOSITY) printPath(screen, task);
  state.lastBanner = task.id;
}

/** Prints where a task stands. */
export function printPath(screen: Screen, task: TaskHeader): void {
  screen.line(`task path: ${task.file}:${task.line}`, 'debug');
}

/** Where failures go. */
export function failureStream(options: ReportOptions): Stream {
  return options.showFailedToStderr ? 'stderr' : 'stdout';
}

/** The task of a result. */
export function headerOf(state: TerminalState, id: string): TaskHeader {
  const task = state.tasks.get(id);
  if (task === undefined) throw new Error(`a result came before its task ${id} was started`);
  return task;
}
