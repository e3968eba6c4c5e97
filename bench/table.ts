/** Prints what the tools needed for a work, side by side. */

import { type Budget, judge } from './budget.ts';
import type { Figures } from './figures.ts';
import { bytesText, secondsText } from './text.ts';
import type { Tool, ToolName } from './tools.ts';
import type { Work } from './work.ts';

export type Outcome = {
  readonly work: Work;
  readonly results: ReadonlyMap<ToolName, Figures>;
  /** Why tools have no figures. */
  readonly problems: readonly string[];
};

const HEAD = ['', 'wall', 'CPU', 'memory', 'sent', 'received', 'turns', 'wall ÷ Sortie'];

/** A work's title, a line for each tool, and the budgets. */
export function formatOutcome({ work, results, problems }: Outcome, tools: readonly Tool[]): string {
  const own = results.get('sortie');
  const rows = tools.flatMap((tool) => {
    const figures = results.get(tool.name);
    return figures === undefined ? [] : [rowOf(tool.title, figures, own)];
  });
  return [
    `${work.name}: ${work.title}`,
    ...aligned([HEAD, ...rows]),
    ...problems.map((problem) => `  ! ${problem}`),
    ...work.budgets.map((budget: Budget) => `  budget ${judge(budget, results).text}`),
    '',
    '',
  ].join('\n');
}

function rowOf(title: string, figures: Figures, own: Figures | undefined): string[] {
  const { traffic } = figures;
  return [
    title,
    secondsText(figures.seconds),
    secondsText(figures.cpuSeconds),
    bytesText(figures.residentBytes),
    traffic === undefined ? '–' : bytesText(traffic.sentBytes),
    traffic === undefined ? '–' : bytesText(traffic.receivedBytes),
    traffic === undefined ? '–' : String(traffic.turns),
    own === undefined ? '–' : (figures.seconds / own.seconds).toFixed(2),
  ];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    const [title = '', ...cells] = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `  ${[title, ...cells].join('   ')}`;
  });
}
