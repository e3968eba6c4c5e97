/** The filter usable_range of the collection ansible.utils. */

import { limits } from '../../base/limits.ts';
import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { classText, filterError } from '../filter-error.ts';
import { formatPlain, sizeOf } from '../ip/address.ts';
import { readNetwork } from '../ip/python-address.ts';
import { number } from '../ip/queries.ts';
import { asText, checkSize, force } from '../python/values.ts';

/** The addresses of a network, the first and the last with them, and how many they are. */
export const usableRangeFilter: Builtin = {
  name: 'usable_range',
  signature: '',
  call: (_env, value) => {
    const { version, size, first } = networkOf(force(value));
    checkSize(Number(size), limits.templateItemsMax);
    const addresses = Array.from({ length: Number(size) }, (_, index) =>
      formatPlain(version, first + BigInt(index)),
    );
    return new Map<Value, Value>([
      ['usable_ips', addresses],
      ['number_of_ips', number(size)],
    ]);
  },
};

function networkOf(value: Value): { version: 4 | 6; size: bigint; first: bigint } {
  const text = asText(value);
  const read = text === undefined ? undefined : readNetwork(text);
  if (read?.kind !== 'network') {
    const fault = read?.message ?? `not expecting type '${classText(value)}'`;
    throw filterError(`Error while using plugin 'usable_range': ${fault}`);
  }
  return { version: read.net.version, size: sizeOf(read.net), first: read.net.value };
}
