/** What subcommands need of the process: made once in main.ts, made anew by tests. */

export type CommandDeps = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Columns of the terminal on stdout; 0 when it is none. */
  readonly columns: number;
  readonly isTerminal: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly workingDirectory: string;
};

/** A subcommand: takes the arguments behind its name and gives the exit code. */
export type Command = (argv: readonly string[], deps: CommandDeps) => Promise<number>;
