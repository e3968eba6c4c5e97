/** What a tool's runs of one work come to. */

import type { Costs } from './measure.ts';
import type { Traffic } from './relay.ts';

export type Figures = {
  readonly runs: number;
  /** Medians over the runs. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The largest of all runs. */
  readonly residentBytes: number;
  readonly traffic: Traffic | undefined;
};

/** One run: the costs of the process, and what counts as its time. */
export type Run = { readonly costs: Costs; readonly seconds: number; readonly traffic: Traffic | undefined };

/** Medians of the timed runs, with the traffic of the last run that counted any. */
export function figuresOf(timed: readonly Run[], counted: readonly Run[]): Figures {
  return {
    runs: timed.length,
    seconds: median(timed.map((run) => run.seconds)),
    cpuSeconds: median(timed.map((run) => run.costs.cpuSeconds)),
    residentBytes: Math.max(...timed.map((run) => run.costs.residentBytes)),
    traffic: [...timed, ...counted].findLast((run) => run.traffic !== undefined)?.traffic,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
