/** Budgets: what Sortie may cost, alone or beside a peer. */

import type { Figures } from './figures.ts';
import { bytesText } from './text.ts';
import type { ToolName } from './tools.ts';

export type Budget =
  | { readonly kind: 'seconds'; readonly max: number }
  | { readonly kind: 'sent-bytes'; readonly max: number }
  /** At most this many times the other's time. */
  | { readonly kind: 'times'; readonly of: ToolName; readonly max: number }
  /** At least this many times as fast as the other. */
  | { readonly kind: 'faster'; readonly than: ToolName; readonly min: number }
  /** At most this part of the other's processor time. */
  | { readonly kind: 'cpu-part'; readonly of: ToolName; readonly max: number };

export type Verdict = {
  readonly text: string;
  readonly state: 'ok' | 'over' | 'unknown';
};

type Results = ReadonlyMap<ToolName, Figures>;

/** Compares with the figures; what was not measured leaves a budget unknown. */
export function judge(budget: Budget, results: Results): Verdict {
  const own = results.get('sortie');
  switch (budget.kind) {
    case 'seconds':
      return verdict(`≤ ${budget.max} s`, own?.seconds, (value) => [
        value <= budget.max,
        `${value.toFixed(2)} s`,
      ]);
    case 'sent-bytes':
      return verdict(`≤ ${bytesText(budget.max)} sent`, own?.traffic?.sentBytes, (value) => [
        value <= budget.max,
        bytesText(value),
      ]);
    case 'times':
      return verdict(
        `≤ ${budget.max} × ${budget.of}`,
        part(own?.seconds, results.get(budget.of)?.seconds),
        (value) => [value <= budget.max, `${value.toFixed(2)} ×`],
      );
    case 'faster':
      return verdict(
        `≥ ${budget.min} × as fast as ${budget.than}`,
        part(results.get(budget.than)?.seconds, own?.seconds),
        (value) => [value >= budget.min, `${value.toFixed(1)} ×`],
      );
    case 'cpu-part':
      return verdict(
        `CPU ≤ ${budget.max} of ${budget.of}`,
        part(own?.cpuSeconds, results.get(budget.of)?.cpuSeconds),
        (value) => [value <= budget.max, value.toFixed(3)],
      );
    default:
      return budget satisfies never;
  }
}

function part(value: number | undefined, whole: number | undefined): number | undefined {
  return value === undefined || whole === undefined ? undefined : value / whole;
}

function verdict(
  wish: string,
  value: number | undefined,
  compare: (value: number) => readonly [isOk: boolean, text: string],
): Verdict {
  if (value === undefined) return { text: `${wish}: not measured`, state: 'unknown' };
  const [isOk, text] = compare(value);
  return { text: `${wish}: ${text} ${isOk ? 'ok' : 'OVER'}`, state: isOk ? 'ok' : 'over' };
}
