/** The end of a playbook: PLAY RECAP with its columns, and the custom stats. */

import { type Dict, isDict } from '../base/value.ts';
import type { HostRecap, RunEvent } from '../wire/run-event.ts';
import type { ColourRole } from './colour.ts';
import { resultText } from './result-text.ts';
import type { Screen } from './screen.ts';
import type { TerminalReportOptions } from './terminal-state.ts';

type Column = {
  readonly label: string;
  readonly count: (recap: HostRecap) => number;
  readonly colour: ColourRole;
};

const COLUMNS: readonly Column[] = [
  { label: 'ok', count: (recap) => recap.ok, colour: 'ok' },
  { label: 'changed', count: (recap) => recap.changed, colour: 'changed' },
  { label: 'unreachable', count: (recap) => recap.unreachable, colour: 'unreachable' },
  { label: 'failed', count: (recap) => recap.failed, colour: 'error' },
  { label: 'skipped', count: (recap) => recap.skipped, colour: 'skip' },
  { label: 'rescued', count: (recap) => recap.rescued, colour: 'ok' },
  { label: 'ignored', count: (recap) => recap.ignored, colour: 'warn' },
];

/** Room for host names; with colours the codes around a name take part of it. */
const HOST_COLUMNS = 26;
const COLOURED_HOST_COLUMNS = 37;
const COUNT_COLUMNS = 4;

/** Prints the recap, one line per host in the order of their names. */
export function printRecap(
  event: Extract<RunEvent, { kind: 'playbook-finished' }>,
  options: TerminalReportOptions,
  screen: Screen,
): void {
  screen.banner('PLAY RECAP');
  for (const recap of [...event.recap].sort(byHost)) screen.line(recapLine(recap, screen));
  screen.line('');
  if (options.showCustomStats && event.customStats.size > 0) {
    printCustomStats(event.customStats, options, screen);
  }
  if (options.isCheckMode && options.checkModeMarkers) screen.banner('DRY RUN');
}

function recapLine(recap: HostRecap, screen: Screen): string {
  const counts = COLUMNS.map(({ label, count, colour }) => {
    const text = `${label}=${String(count(recap)).padEnd(COUNT_COLUMNS)}`;
    return count(recap) === 0 ? text : screen.paint(text, colour);
  });
  const host = screen.hasColour
    ? screen.paint(recap.host, hostColour(recap)).padEnd(COLOURED_HOST_COLUMNS)
    : recap.host.padEnd(HOST_COLUMNS);
  return `${host} : ${counts.join(' ')}`;
}

function hostColour(recap: HostRecap): ColourRole {
  if (recap.failed !== 0 || recap.unreachable !== 0) return 'error';
  return recap.changed === 0 ? 'ok' : 'changed';
}

function printCustomStats(stats: Dict, options: TerminalReportOptions, screen: Screen): void {
  const statText = (host: string): string => {
    const stat = stats.get(host);
    return resultText(isDict(stat) ? stat : new Map(), { ...options, indent: 1 }).replaceAll('\n', '');
  };
  screen.banner('CUSTOM STATS: ');
  const hosts = [...stats.keys()].filter((key) => typeof key === 'string').sort(byCodePoint);
  for (const host of hosts) if (host !== '_run') screen.line(`\t${host}: ${statText(host)}`);
  if (stats.has('_run')) {
    screen.line('');
    screen.line(`\tRUN: ${statText('_run')}`);
  }
  screen.line('');
}

function byHost(left: HostRecap, right: HostRecap): number {
  return byCodePoint(left.host, right.host);
}

/** Python's order of strings. */
function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
