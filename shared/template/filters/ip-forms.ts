/** The filters ipcut and ipv6form of newer releases of the collection ansible.utils. */

import type { Value } from '../../base/value.ts';
import { filterError } from '../filter-error.ts';
import { formatPlain, type IpNet, parseAddress, widthOf } from '../ip/address.ts';
import { readAddress } from '../ip/python-address.ts';
import { str } from '../python/repr.ts';
import { asInt } from '../python/values.ts';
import type { CheckedFilter } from './checked-filter.ts';

/** The filters. */
export const ipFormFilters: readonly CheckedFilter[] = [
  {
    name: 'ipcut',
    positions: ['value', 'amount'],
    options: { value: { type: 'str', required: true }, amount: { type: 'int' } },
    run: (_env, values) => {
      const text = str(values.get('value') ?? '');
      return cut(parseAddress(text) ?? refuse(text), values.get('amount') ?? null);
    },
  },
  {
    name: 'ipv6form',
    positions: ['value', 'format'],
    options: {
      value: { type: 'str', required: true },
      format: { type: 'str', choices: ['compress', 'expand', 'x509'] },
    },
    run: (_env, values) => {
      const text = str(values.get('value') ?? '');
      const format = values.get('format') ?? null;
      const address = (format === 'x509' ? parseAddress : readAddress)(text);
      if (address === undefined || (format === 'x509' && address.version === 4)) return refuse(text);
      return formed(address, format);
    },
  },
];

function refuse(text: string): never {
  throw filterError(`You must pass a valid IP address; ${text} is invalid`);
}

/** The first bits of an address, or the last ones, in groups as addresses have them. */
function cut({ version, value }: IpNet, amount: Value): string {
  const count = asInt(amount);
  if (count === undefined) {
    throw filterError(`You must pass an integer for arithmetic; ${str(amount)} is not a valid integer`);
  }
  const bits = value.toString(2).padStart(widthOf(version), '0');
  const kept = count < 0 ? bits.slice(Number(count)) : bits.slice(0, Number(count));
  const groups = kept.match(version === 4 ? /.{1,8}/g : /.{1,16}/g) ?? [];
  const numbers = groups.map((group) => Number.parseInt(group, 2));
  return version === 4 ? numbers.join('.') : numbers.map((number) => number.toString(16)).join(':');
}

function formed({ version, value }: IpNet, format: Value): Value {
  if (format === 'compress' || version === 4) return formatPlain(version, value);
  const words = value.toString(16).padStart(32, '0').match(/.{4}/g) ?? [];
  if (format === 'expand') return words.join(':');
  return words.map((word) => word.replace(/^0{1,3}/, '')).join(':');
}
