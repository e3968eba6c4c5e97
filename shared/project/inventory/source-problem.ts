/** Why an inventory source cannot be read. */

/** The reason in Ansible's words, and its line when it has one. */
export type SourceProblem = { readonly why: string; readonly line?: number; readonly column?: number };
