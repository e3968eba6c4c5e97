/** What a play says of itself, rendered without a host: its name, hosts, batches and strategy. */

import { type Dict, isSpecial, type Value } from '../../shared/base/value.ts';
import type { Config } from '../../shared/project/config/load-config.ts';
import type { HostOrder } from '../../shared/project/host-pattern.ts';
import type { Project } from '../../shared/project/load-project.ts';
import type { Play } from '../../shared/project/model.ts';
import { str } from '../../shared/template/python/repr.ts';
import { Template } from '../../shared/template/python/special.ts';
import { renderValue } from '../../shared/template/render.ts';
import { TemplateError } from '../../shared/template/template-error.ts';

export type BatchSize = number | 'all' | { readonly percent: number };

export type PlayDescription = {
  readonly title: string;
  readonly pattern: string | readonly string[];
  readonly order: HostOrder | undefined;
  readonly serial: readonly BatchSize[];
  readonly gathersFacts: boolean;
  /** `strategy: linear` is written or asked for: lock-step to the letter. */
  readonly isLockStep: boolean;
  /** `free` and `host_pinned`: no waiting, no order of output. */
  readonly isFree: boolean;
  /** What the play says itself; undefined leaves it to the command line. */
  readonly isCheckMode: boolean | undefined;
  readonly maxFailPercentage: number | undefined;
};

export type DescribeDeps = {
  readonly project: Project;
  readonly promptVars: Dict;
  readonly strategy: string | undefined;
};

/** Renders what must be known before the first host. Throws TemplateError. */
export function describePlay(play: Play, { project, promptVars, strategy }: DescribeDeps): PlayDescription {
  const env = project.environment([promptVars, play.keywords.vars ?? new Map()]);
  const read = (raw: Value | undefined): Value | undefined =>
    raw === undefined ? undefined : renderValue(raw, env);
  const pattern = read(play.hosts);
  const patterns = Array.isArray(pattern) ? pattern.map(str) : str(pattern ?? '');
  const chosen = read(play.strategy);
  const written = chosen === undefined || chosen === null ? strategy : str(chosen);
  const name = written?.replace(/^ansible\.builtin\./, '');
  const checkMode = read(play.keywords.checkMode);
  const percentage = read(play.maxFailPercentage);
  return {
    title: titleOf(play, patterns, read),
    pattern: patterns,
    order: hostOrder(read(play.order)),
    serial: play.serial.flatMap((raw) => [read(raw) ?? 'all'].flat()).flatMap(batchSizes),
    gathersFacts: gathersFacts(read(play.gatherFacts), project.config.text('DEFAULT_GATHERING')),
    isLockStep: name === 'linear',
    isFree: name === 'free' || name === 'host_pinned',
    isCheckMode: checkMode === undefined || checkMode === null ? undefined : checkMode === true,
    maxFailPercentage: percentage === undefined || percentage === null ? undefined : Number(str(percentage)),
  };
}

/** A strategy set in the configuration counts when it is not the default: that one means as-if linear here. */
export function configuredStrategy(config: Config): string | undefined {
  const name = config.text('DEFAULT_STRATEGY');
  return name === undefined || name === 'linear' ? undefined : name;
}

function titleOf(
  play: Play,
  patterns: string | readonly string[],
  read: (raw: Value) => Value | undefined,
): string {
  if (play.name === undefined || play.name === null || play.name === '')
    return typeof patterns === 'string' ? patterns : patterns.join(',');
  try {
    return str(read(play.name) ?? '');
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return play.name instanceof Template ? play.name.source : str(play.name);
  }
}

function gathersFacts(written: Value | undefined, gathering: string | undefined): boolean {
  const isWanted =
    written === true || (typeof written === 'string' && /^(yes|on|true|1|y|t)$/i.test(written));
  if (written === undefined || written === null) return gathering !== 'explicit';
  return isWanted;
}

const ORDERS: readonly HostOrder[] = [
  'inventory',
  'reverse_inventory',
  'reverse_sorted',
  'shuffle',
  'sorted',
];

function hostOrder(value: Value | undefined): HostOrder | undefined {
  return ORDERS.find((order) => order === value);
}

/** An entry of `serial`; none when it is omitted. */
function batchSizes(value: Value): readonly BatchSize[] {
  if (isSpecial(value, 'omit')) return [];
  return [batchSize(value)];
}

function batchSize(value: Value): BatchSize {
  const text = str(value);
  if (text === 'all') return 'all';
  return text.endsWith('%') ? { percent: Number.parseFloat(text) } : Number(text);
}
