/** The filters ipaddr, ipv4, ipv6 and ipwrap of the collection ansible.utils. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { classText, filterError } from '../filter-error.ts';
import {
  firstOf,
  formatAddress,
  formatNet,
  type IpNet,
  isWithin,
  maxOf,
  parseNet,
  sizeOf,
} from '../ip/address.ts';
import { queries, type Subject } from '../ip/queries.ts';
import { typeError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { PyTuple } from '../python/special.ts';
import { asInt, asText, force, isTrue } from '../python/values.ts';

type Asked = { readonly query: string; readonly version: Value; readonly alias: string | undefined };

/** Filters that ask about addresses. */
export const ipaddrFilters: readonly Builtin[] = [
  {
    name: 'ipaddr',
    signature: "query='', version=None, alias=None",
    call: (_env, value, query = '', version = null, alias = null) => {
      const name = force(alias) === null ? undefined : str(alias);
      return checked('ipaddr', value, { query: str(query), version: force(version), alias: name });
    },
  },
  ...([4, 6] as const).map((version): Builtin => {
    const alias = `ipv${version}`;
    const call: Builtin['call'] = (_env, value, query = '') =>
      checked(alias, value, { query: str(query), version, alias });
    return { name: alias, signature: "query=''", call };
  }),
  { name: 'ipwrap', signature: "query=''", call: (_env, value) => ipwrap(force(value)) },
];

/** The address or network that the value means, or undefined. */
export function readSubject(value: Value, version: Value = null): Subject | undefined {
  const given = force(value);
  const text = asText(given) ?? (given === true || given === false ? undefined : asInt(given)?.toString());
  if (text === undefined || text === '' || given === 0) return undefined;
  if (/^\d{1,60}$/.test(text)) {
    const net = numbered(BigInt(text), undefined, version === 6);
    return net === undefined ? undefined : { net, isNetwork: false, value: formatNet(net) };
  }
  const net = asText(given) === undefined ? undefined : parseNet(text);
  if (net !== undefined) return { net, isNetwork: text.includes('/'), value: given };
  const parts = /^(\d{1,60})\/(\d{1,4})$/.exec(text);
  if (parts === null) return undefined;
  const cidr = numbered(BigInt(parts[1] ?? ''), Number(parts[2]), false);
  return cidr === undefined ? undefined : { net: cidr, isNetwork: true, value: formatNet(cidr) };
}

function numbered(value: bigint, prefix: number | undefined, isIpv6: boolean): IpNet | undefined {
  if (!isIpv6 && value <= maxOf(4) && (prefix ?? 32) <= 32)
    return { version: 4, value, prefix: prefix ?? 32 };
  return value <= maxOf(6) && (prefix ?? 128) <= 128
    ? { version: 6, value, prefix: prefix ?? 128 }
    : undefined;
}

function checked(name: string, value: Value, asked: Asked): Value {
  const given = force(value);
  if (asText(given) === undefined && asInt(given) === undefined && !Array.isArray(given)) {
    throw filterError(`Unrecognized type <${classText(given)}> for ${name} filter <value>`);
  }
  return ask(given, asked);
}

function ask(value: Value, asked: Asked): Value {
  const given = force(value);
  const items = given instanceof PyTuple ? given.items : given;
  if (Array.isArray(items)) {
    return items.map((item) => ask(item, { ...asked, alias: 'ipaddr' })).filter((item) => isTrue(item));
  }
  const subject = readSubject(given, asked.version);
  if (subject === undefined) return false;
  const { query, version } = asked;
  const known = queries.get(query);
  const range = known === undefined && !/^\d+$/.test(query) ? readSubject(query)?.net : undefined;
  if (isTrue(version) && Number(asInt(version)) !== subject.net.version) return false;
  if (known !== undefined) return known(subject);
  if (range !== undefined) return isWithin(subject.net, range) ? subject.value : null;
  return nth(subject, asked);
}

function nth({ net, isNetwork }: Subject, { query, alias }: Asked): Value {
  if (!Number.isFinite(Number(query))) {
    if (alias === undefined) throw typeError("unsupported operand type(s) for +: 'NoneType' and 'str'");
    throw filterError(`${alias}: unknown filter type: ${query}`);
  }
  const size = sizeOf(net);
  if (size === 1n) return isNetwork ? formatNet(net) : formatAddress(net.version, net.value);
  if (!/^[+-]?\d{1,60}$/.test(query)) return false;
  const index = BigInt(query.replace('+', ''));
  if (index < -size || index >= size) return false;
  const value = firstOf(net) + (index < 0n ? size + index : index);
  return formatNet({ ...net, value });
}

function ipwrap(value: Value): Value {
  if (asText(value) === undefined && typeof value !== 'boolean' && !Array.isArray(value)) {
    throw filterError(`Unrecognized type <${classText(value)}> for ipwrap filter <value>`);
  }
  const wrapOne = (item: Value): Value => {
    const subject = readSubject(item);
    return subject === undefined ? item : (queries.get('wrap')?.(subject) ?? item);
  };
  if (Array.isArray(value)) return value.map(wrapOne);
  const subject = readSubject(value);
  return subject === undefined ? value : wrapOne(queries.get('')?.(subject) ?? value);
}
