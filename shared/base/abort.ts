/** The end of a run that the user's playbook asks for by a mistake found while it runs. */

/** Thrown where Ansible stops the whole run with `ERROR! …`; `message` is what the user reads. */
export class RunAbort extends Error {
  /** Whether a file is not what it should be, rather than what it says. */
  readonly isParserError: boolean;

  constructor(message: string, options: { readonly isParserError: boolean } = { isParserError: false }) {
    super(message);
    this.name = 'RunAbort';
    this.isParserError = options.isParserError;
  }
}
