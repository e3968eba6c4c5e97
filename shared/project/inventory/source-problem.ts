/** Why an inventory source cannot be read. */

export type SourceProblem = {
  /** In Ansible's words. */
  readonly why: string;
  readonly line?: number;
  readonly column?: number;
  /** The way out, where Ansible's words name none. */
  readonly hint?: string;
};
