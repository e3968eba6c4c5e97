/** What is wrong in the user's own files: collected, positioned, and shown all at once with a caret. */

/** A place in a file. Lines and columns count from 1, columns in code points. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

export type Severity = 'error' | 'warning';

/** One mistake in a file or argument of the user. `code` stands in the table of docs/errors.md. */
export type Diagnostic = {
  readonly severity: Severity;
  readonly code: string;
  /** Names the thing, the value seen and the way out. */
  readonly message: string;
  readonly position?: Position;
  readonly hint?: string;
  /** What Ansible ends with when it is not 4, as for most mistakes in files. */
  readonly exitCode?: 1;
};

/** A value together with what was noticed while it was made. `value` is usable only when no diagnostic is an error. */
export type Checked<T> = { readonly value: T; readonly diagnostics: readonly Diagnostic[] };

/** Whether any of the diagnostics forbids to go on. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
