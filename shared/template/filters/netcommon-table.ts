/** The filters of the collection ansible.netcommon under their names. */

import type { Builtin } from '../builtin.ts';
import { checkedFilter } from './checked-filter.ts';
import { networkFilters } from './ip-networks.ts';
import { ipaddrFilters } from './ipaddr.ts';
import { macFilters } from './mac.ts';
import { netcommonFilters } from './netcommon.ts';
import { parseCliFilter } from './parse-cli.ts';
import { parseTextFsmFilter } from './parse-textfsm.ts';
import { parseXmlFilter } from './parse-xml.ts';
import { popAceFilter } from './pop-ace.ts';

/** Ansible knows these by their full names only. */
const FULL_NAME_ONLY = ['pop_ace', 'vlan_expander'];

/** The filters, most without the collection's name as well; those about addresses moved to ansible.utils and kept their names. */
export const netcommonTable: readonly (readonly [string, Builtin])[] = [
  ...[...ipaddrFilters, ...networkFilters, ...macFilters].map(
    (filter) => [`ansible.netcommon.${filter.name}`, filter] as const,
  ),
  ...[
    ...netcommonFilters,
    parseCliFilter,
    parseTextFsmFilter,
    parseXmlFilter,
    checkedFilter(popAceFilter),
  ].flatMap((filter) => {
    const names = [
      `ansible.netcommon.${filter.name}`,
      ...(FULL_NAME_ONLY.includes(filter.name) ? [] : [filter.name]),
    ];
    return names.map((name) => [name, filter] as const);
  }),
];
