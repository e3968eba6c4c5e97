/** The end of a run that the user's playbook asks for by a mistake found while it runs. */

export type AbortOptions = {
  /** A file is not what it should be, rather than what it says. */
  readonly isParserError?: boolean;
  /** What the user should be warned of before. */
  readonly warnings?: readonly string[];
};

/** Thrown where Ansible stops the whole run with `ERROR! …`; `message` is what the user reads. */
export class RunAbort extends Error {
  readonly isParserError: boolean;
  readonly warnings: readonly string[];

  constructor(message: string, options: AbortOptions = {}) {
    super(message);
    this.name = 'RunAbort';
    this.isParserError = options.isParserError ?? false;
    this.warnings = options.warnings ?? [];
  }
}
