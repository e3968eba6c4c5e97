/** The table of lookups of the collections ansible.utils and community.general. */

import type { Lookup } from '../builtin.ts';
import { binaryFileLookup } from './binary-file.ts';
import { communityListLookups } from './community-lists.ts';
import { filetreeLookup } from './filetree.ts';
import { mergeVariablesLookup } from './merge-variables.ts';
import { randomStringLookup } from './random-string.ts';
import { utilsLookups } from './utils.ts';

/** Ansible knows these without the collection's name as well. */
const SHORT_NAMES: readonly string[] = ['cartesian', 'filetree', 'flattened'];

/** The lookups under all of their names. */
export const collectionLookups: readonly (readonly [string, Lookup])[] = [
  ...utilsLookups.map((lookup) => [lookup.name, lookup] as const),
  ...[
    ...communityListLookups,
    binaryFileLookup,
    filetreeLookup,
    mergeVariablesLookup,
    randomStringLookup,
  ].flatMap((lookup) => {
    const names = [`community.general.${lookup.name}`, ...SHORT_NAMES.filter((name) => name === lookup.name)];
    return names.map((name) => [name, lookup] as const);
  }),
];
