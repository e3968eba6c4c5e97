/** What small subcommands share: help, usage errors, and the words for both. */

import { exitCodes } from '../shared/wire/exit-code.ts';
import type { CommandDeps } from './command-deps.ts';
import type { OptionSpec, ParsedOptions, ParseOutcome } from './option-parser.ts';
import { helpText, usageText } from './usage.ts';

export type Subcommand = {
  /** As typed, e.g. `sortie runs`. */
  readonly program: string;
  readonly specs: readonly OptionSpec[];
  /** The positionals as the usage shows them, e.g. `playbook [playbook ...]`. */
  readonly positionals: string;
  readonly positionalHelp?: string;
  readonly description: string;
};

export const helpOption: OptionSpec = {
  key: 'help',
  flags: ['-h', '--help'],
  isFinal: true,
  help: 'show this help message and exit',
};

export type Reported =
  | { readonly kind: 'ended'; readonly exitCode: number }
  | { readonly kind: 'parsed'; readonly parsed: ParsedOptions };

/** Ends the subcommand for `--help` and for mistakes in its options; else hands the options on. */
export function reportUsage(subcommand: Subcommand, outcome: ParseOutcome, deps: CommandDeps): Reported {
  if (outcome.kind === 'error') {
    return { kind: 'ended', exitCode: usageError(subcommand, outcome.message, deps) };
  }
  if (outcome.parsed.final !== 'help') return outcome;
  printHelp(subcommand, deps);
  return { kind: 'ended', exitCode: exitCodes.ok };
}

/** Prints the usage and what is wrong on stderr. */
export function usageError(subcommand: Subcommand, message: string, deps: CommandDeps): number {
  const usage = usageText({ ...subcommand, columns: usageColumns(deps) });
  deps.err(`${usage}${subcommand.program}: error: ${message}\n`);
  return exitCodes.usage;
}

/** Prints the help on stdout. */
export function printHelp(subcommand: Subcommand, deps: CommandDeps): void {
  deps.out(helpText({ ...subcommand, columns: usageColumns(deps) }));
}

/** argparse's width: COLUMNS, the terminal's, or 80. */
function usageColumns(deps: CommandDeps): number {
  const columns = Number(deps.environment.COLUMNS ?? 0);
  if (columns > 0) return columns;
  return deps.columns > 0 ? deps.columns : 80;
}
