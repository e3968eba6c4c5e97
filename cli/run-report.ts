/** The report that a command line asks for: text on the terminal, or one JSON document. */

import type { Config } from '../shared/project/config/load-config.ts';
import { createJsonReport } from '../shared/report/json-report.ts';
import { createMinimalReport } from '../shared/report/minimal-report.ts';
import { createTerminalReport } from '../shared/report/terminal-report.ts';
import type { ReportOptions, RunEvent } from '../shared/wire/run-event.ts';
import type { CommandDeps } from './command-deps.ts';
import { paletteOf } from './report-settings.ts';
import { formatResultYaml } from './result-yaml.ts';

export type RunReportDeps = {
  readonly config: Config;
  readonly deps: Pick<CommandDeps, 'columns' | 'err' | 'isTerminal' | 'out'>;
  readonly isJson: boolean;
};

/** A report that takes its options from the run's first event. */
export function createRunReport(reportDeps: RunReportDeps): (event: RunEvent) => void {
  let report: ((event: RunEvent) => void) | undefined;
  return (event) => {
    if (event.kind === 'run-started') report = reportFor(event.options, reportDeps);
    report?.(event);
  };
}

function reportFor(
  options: ReportOptions,
  { config, deps, isJson }: RunReportDeps,
): (event: RunEvent) => void {
  const write = (text: string, stream: 'stderr' | 'stdout'): void => {
    if (stream === 'stdout') deps.out(text);
    else deps.err(text);
  };
  const palette = paletteOf(config, deps.isTerminal);
  const screen = { columns: deps.columns, ...(palette === undefined ? {} : { palette }) };
  if (isJson) return createJsonReport(screen, write);
  const terminal = { ...options, ...screen, formatYaml: formatResultYaml };
  return options.style === undefined
    ? createTerminalReport(terminal, write)
    : createMinimalReport(terminal, write);
}
