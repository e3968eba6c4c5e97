/** The filters hwaddr, macaddr, slaac and ip4_hex of the collection ansible.utils. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { filterError } from '../filter-error.ts';
import { firstOf, formatAddress, maxOf } from '../ip/address.ts';
import { pythonError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { readSubject } from './ipaddr.ts';

type Form = { readonly bits: number; readonly separator: string; readonly word: (hex: string) => string };

const lower = (hex: string): string => hex;
const upper = (hex: string): string => hex.toUpperCase();
const unpadded = (hex: string): string => hex.replace(/^0+(?=.)/, '');

const EUI48: Form = { bits: 8, separator: '-', word: upper };
const POSTGRESQL: Form = { bits: 24, separator: ':', word: lower };
const FORMS: ReadonlyMap<string, Form> = new Map([
  ['bare', { bits: 48, separator: '', word: upper }],
  ['cisco', { bits: 16, separator: '.', word: lower }],
  ['eui48', EUI48],
  ['linux', { bits: 8, separator: ':', word: lower }],
  ['pgsql', POSTGRESQL],
  ['postgresql', POSTGRESQL],
  ['psql', POSTGRESQL],
  ['unix', { bits: 8, separator: ':', word: unpadded }],
  ['win', EUI48],
]);

/** How MAC addresses are written, each with the number of digits of a part. */
const WRITTEN: readonly (readonly [RegExp, number])[] = [
  [/^[0-9A-F]{1,2}(?::[0-9A-F]{1,2}){5}$/i, 2],
  [/^[0-9A-F]{1,2}(?:-[0-9A-F]{1,2}){5}$/i, 2],
  [/^[0-9A-F]{1,4}([:.-])[0-9A-F]{1,4}\1[0-9A-F]{1,4}$/i, 4],
  [/^[0-9A-F]{5,6}[:-][0-9A-F]{5,6}$/i, 6],
  [/^[0-9A-F]{11,12}$/i, 12],
];

/** Filters about hardware addresses. */
export const macFilters: readonly Builtin[] = [
  {
    name: 'hwaddr',
    signature: "query='', alias='hwaddr'",
    call: (_env, value, query = '', alias = '') => hwaddr(value, str(query), str(alias)),
  },
  {
    name: 'macaddr',
    signature: "query=''",
    call: (_env, value, query = '') => hwaddr(value, str(query), 'macaddr'),
  },
  { name: 'slaac', signature: "query=''", call: (_env, value, query = '') => slaac(str(value), str(query)) },
  {
    name: 'ip4_hex',
    signature: "delimiter=''",
    call: (_env, value, delimiter = '') => ip4Hex(str(value), str(delimiter)),
  },
];

const DIGITS = 12;

/** The twelve digits of the address. */
function digitsOf(text: string): string | undefined {
  const length = WRITTEN.find(([pattern]) => pattern.test(text))?.[1];
  if (length === undefined) return digitsOfNumber(text);
  return text
    .toLowerCase()
    .split(/[:.-]/)
    .map((part) => part.padStart(length, '0'))
    .join('');
}

/** An address may be written as a number. */
function digitsOfNumber(text: string): string | undefined {
  const hex = /^\d+$/.test(text) ? BigInt(text).toString(16).padStart(DIGITS, '0') : '';
  return hex.length === DIGITS ? hex : undefined;
}

function hwaddr(value: Value, query: string, alias: string): Value {
  const refused = (reason: string): Error => filterError(`${alias}: ${reason}`);
  const digits = digitsOf(str(value));
  if (query === '') return digits === undefined ? null : str(value);
  if (query === 'bool') return digits === undefined ? null : true;
  if (digits === undefined) throw refused(`not a hardware address: ${str(value)}`);
  if (query === 'int') return Number.parseInt(digits, 16);
  const form = FORMS.get(query);
  if (form === undefined) throw refused(`unknown filter type: ${query}`);
  const words = digits.match(new RegExp(`.{${form.bits / 4}}`, 'g')) ?? [];
  return words.map(form.word).join(form.separator);
}

function slaac(value: string, query: string): Value {
  const net = readSubject(value)?.net;
  const digits = digitsOf(query);
  if (net?.version !== 6 || digits === undefined) return false;
  const eui64 = BigInt(`0x${digits.slice(0, 6)}fffe${digits.slice(6)}`) ^ 0x0200000000000000n;
  const made = firstOf(net) + eui64;
  if (made > maxOf(6)) throw pythonError('AddrFormatError', 'value is not a valid IPv6 address!');
  return formatAddress(6, made);
}

function ip4Hex(value: string, delimiter: string): Value {
  const parts = value.split('.');
  const bad = parts.find((part) => !/^\s*\d+\s*$/.test(part));
  if (bad !== undefined) {
    throw pythonError('ValueError', `invalid literal for int() with base 10: '${bad}'`);
  }
  if (parts.length < 4) {
    throw pythonError('IndexError', 'Replacement index 3 out of range for positional args tuple');
  }
  return parts
    .slice(0, 4)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(delimiter);
}
