/** The table of lookups of the collections ansible.utils and community.general. */

import type { Lookup } from '../builtin.ts';
import { utilsLookups } from './utils.ts';

/** The lookups under their full names. */
export const collectionLookups: readonly (readonly [string, Lookup])[] = [
  ...utilsLookups.map((lookup) => [lookup.name, lookup] as const),
];
