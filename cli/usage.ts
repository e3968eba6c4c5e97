/** The usage and help texts of a subcommand, laid out as argparse lays them out. */

import { wrapText } from '../shared/report/wrap-text.ts';
import type { OptionSpec } from './option-parser.ts';

export type UsageOptions = {
  readonly program: string;
  readonly specs: readonly OptionSpec[];
  /** The positionals as the usage shows them; empty when there are none. */
  readonly positionals: string;
  readonly positionalHelp?: string;
  readonly columns: number;
};

export type HelpOptions = UsageOptions & { readonly description: string };

const HELP_COLUMN = 24;
const UNGROUPED = 'options';

/** The `usage: …` paragraph, ending in a line end. */
export function usageText({ program, specs, positionals, columns }: UsageOptions): string {
  const prefix = `usage: ${program} `;
  const parts = usageParts(specs);
  const last = positionals === '' ? [] : [positionals];
  const whole = [...parts, ...last].join(' ');
  const width = columns - 2;
  if (prefix.length + whole.length <= width) return `${prefix}${whole}\n`;
  const indent = ' '.repeat(prefix.length);
  const lines = fillLines(parts, width - prefix.length);
  return `${[...lines, ...last].map((line, index) => (index === 0 ? prefix : indent) + line).join('\n')}\n`;
}

/** Usage, description, positionals and options by group. */
export function helpText(options: HelpOptions): string {
  const { columns, description, positionalHelp = '', positionals, specs } = options;
  const groups = new Set([UNGROUPED, ...specs.map(groupOf)]);
  const sections = [...groups].map((group) => {
    const inGroup = specs.filter((spec) => groupOf(spec) === group).sort(byFlags);
    const entries = inGroup.map((spec) => entryText(invocation(spec), spec.help, columns));
    return `${group}:\n${entries.join('')}`;
  });
  const name = positionals.split(' ')[0] ?? '';
  if (name !== '') sections.unshift(`positional arguments:\n${entryText(name, positionalHelp, columns)}`);
  return [usageText(options), `${description}\n`, ...sections].join('\n');
}

/** `[-f FORKS]`; options that exclude each other stand in one pair of brackets. */
function usageParts(specs: readonly OptionSpec[]): string[] {
  const parts = new Map<string, string[]>();
  for (const spec of specs) {
    const flag = spec.flags[0] ?? '';
    const text = spec.value === undefined ? flag : `${flag} ${spec.value}`;
    const key = spec.exclusive ?? spec.key;
    parts.set(key, [...(parts.get(key) ?? []), text]);
  }
  return [...parts.values()].map((choices) => `[${choices.join(' | ')}]`);
}

function fillLines(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    if (line !== '' && line.length + 1 + part.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? part : `${line} ${part}`;
  }
  return [...lines, line];
}

function invocation({ flags, value }: OptionSpec): string {
  return flags.map((flag) => (value === undefined ? flag : `${flag} ${value}`)).join(', ');
}

function entryText(head: string, help: string, columns: number): string {
  const lines = wrapText(help, { columns: Math.max(columns - 2 - HELP_COLUMN, 11) });
  const fits = head.length <= HELP_COLUMN - 4;
  const [first = '', ...rest] = lines;
  const start = fits
    ? `  ${head.padEnd(HELP_COLUMN - 2)}${first}`
    : `  ${head}\n${' '.repeat(HELP_COLUMN)}${first}`;
  return `${[start, ...rest.map((line) => ' '.repeat(HELP_COLUMN) + line)].join('\n')}\n`;
}

function byFlags(left: OptionSpec, right: OptionSpec): number {
  const a = left.flags.join();
  const b = right.flags.join();
  return a < b ? -1 : a > b ? 1 : 0;
}

function groupOf(spec: OptionSpec): string {
  return spec.group ?? UNGROUPED;
}
