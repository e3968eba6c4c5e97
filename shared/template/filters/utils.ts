/** The filters of the collection ansible.utils under their names. */

import type { Builtin } from '../builtin.ts';
import { checkedFilter } from './checked-filter.ts';
import { ipFormFilters } from './ip-forms.ts';
import { networkFilters } from './ip-networks.ts';
import { ipaddrFilters } from './ipaddr.ts';
import { macFilters } from './mac.ts';
import { usableRangeFilter } from './usable-range.ts';
import { keyFilters } from './utils-keys.ts';
import { consolidateFilter, paramListCompare } from './utils-lists.ts';
import { pathPlugins } from './utils-paths.ts';
import { xmlFilters } from './utils-xml.ts';

/** Ansible knows these by their full names only. */
const fullNameOnly: readonly Builtin[] = [
  usableRangeFilter,
  paramListCompare,
  ...[...pathPlugins, ...keyFilters, ...xmlFilters, ...ipFormFilters, consolidateFilter].map(checkedFilter),
];
const FULL_NAME_ONLY = ['ip4_hex', 'macaddr'];

/** The filters under their full names, those about addresses mostly without the collection's name as well. */
export const utilsFilters: readonly (readonly [string, Builtin])[] = [
  ...fullNameOnly.map((filter) => [`ansible.utils.${filter.name}`, filter] as const),
  ...[...ipaddrFilters, ...networkFilters, ...macFilters].flatMap((filter) => {
    const names = [
      `ansible.utils.${filter.name}`,
      ...(FULL_NAME_ONLY.includes(filter.name) ? [] : [filter.name]),
    ];
    return names.map((name) => [name, filter] as const);
  }),
];
