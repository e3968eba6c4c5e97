/** The filters of the collection ansible.utils under their names. */

import type { Builtin } from '../builtin.ts';
import { networkFilters } from './ip-networks.ts';
import { ipaddrFilters } from './ipaddr.ts';
import { macFilters } from './mac.ts';
import { usableRangeFilter } from './usable-range.ts';

/** Ansible knows these by their full names only. */
const FULL_NAME_ONLY = ['ip4_hex', 'macaddr', 'usable_range'];

/** The filters under their full names, most without the collection's name as well. */
export const utilsFilters: readonly (readonly [string, Builtin])[] = [
  ...ipaddrFilters,
  ...networkFilters,
  ...macFilters,
  usableRangeFilter,
].flatMap((filter) => {
  const names = [
    `ansible.utils.${filter.name}`,
    ...(FULL_NAME_ONLY.includes(filter.name) ? [] : [filter.name]),
  ];
  return names.map((name) => [name, filter] as const);
});
