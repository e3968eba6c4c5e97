/** The table of Ansible's own lookups. */

import type { Lookup } from '../builtin.ts';

/** Lookups by name, with and without the name of Ansible's own collection. */
export const lookupTable: ReadonlyMap<string, Lookup> = new Map();
