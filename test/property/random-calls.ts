/** Random calls of filters, tests, methods and lookups: each name as often as any other of its table. */

import { type Called, FILTER_CALLS, LOOKUPS, METHOD_CALLS, SET_CALLS, TEST_CALLS } from './calls.ts';
import { e, joined, type Node } from './node.ts';
import type { Random } from './random.ts';
import type { Kind } from './values.ts';

/** Makes an expression of a kind that stands inside. */
export type Make = (kind: Kind) => Node;
/** A way to make an expression. */
export type Form = (make: Make, random: Random) => Node;

const KIND_LETTERS: Readonly<Record<string, Kind>> = { i: 'int', s: 'str', l: 'list', d: 'dict' };

/** A call of anything. */
export const randomCall: Form = (make, random) => {
  const roll = random.below(100);
  if (roll < 38) return call(random.pick(FILTER_CALLS), { make, random, mark: '|' });
  if (roll < 63) return test(make, random);
  if (roll < 88) return call(random.pick(METHOD_CALLS), { make, random, mark: '' });
  if (roll < 93) return call(random.pick(SET_CALLS), { make, random, mark: '.' });
  const look = random.pick(['lookup', 'lookup', 'query', 'q']);
  return e`${look}(${filled(random.pick(LOOKUPS), make)})`;
};

type How = { readonly make: Make; readonly random: Random; readonly mark: string };

function call(called: Called, { make, random, mark }: How): Node {
  const kind = random.chance(85) ? called.kind : random.pick<Kind>(['int', 'str', 'list', 'dict', 'any']);
  const subject =
    mark === '.' ? e`(${operand(make('str'), random)}|union(${make('str')})).` : e`${make(kind)}`;
  const way = mark === '.' ? filled(random.pick(called.ways), make) : argumentsOf(called, make, random);
  if (mark === '|') return e`${operand(subject, random)}|${called.name}${way}`;
  if (mark === '.') return e`${subject}${called.name}${way}`;
  return called.name.startsWith('.')
    ? e`${operand(subject, random)}${called.name}${way}`
    : e`${called.name}${way}`;
}

/** Filters that say something else each time when they are asked otherwise. */
const NEEDS_ARGUMENTS = new Set(['random', 'shuffle', 'strftime']);

/** Arguments that fit, and now and then any number of any kind. */
function argumentsOf(called: Called, make: Make, random: Random): Node {
  if (random.chance(88) || NEEDS_ARGUMENTS.has(called.name)) return filled(random.pick(called.ways), make);
  const args = Array.from({ length: random.below(4) }, () => make('any'));
  const named = random.chance(15)
    ? e`${args.length > 0 ? ', ' : ''}${random.pick(['zz', 'attribute', 'a'])}=${make('any')}`
    : e``;
  return e`(${joined(args, ', ')}${named})`;
}

function test(make: Make, random: Random): Node {
  const called = random.pick(TEST_CALLS);
  const kind = random.chance(85) ? called.kind : 'any';
  const isNot = random.pick(['', '', 'not ']);
  const way = argumentsOf(called, make, random);
  const name = /^\W/.test(called.name) ? e` ${called.name} ` : e`${called.name}`;
  if (random.chance(20) && called.ways[0] !== '') {
    return e`${operand(make(kind), random)} is ${isNot}${called.name} ${random.pick(['2', '"a"', 'i', '[1]', 'none'])}`;
  }
  return e`${operand(make(kind), random)} is ${isNot}${name}${way}`;
}

/** A text with values for its marks. */
function filled(text: string, make: Make): Node {
  const parts = text
    .split(/(§[isld]?)/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('§') ? make(KIND_LETTERS[part.slice(1)] ?? 'any') : part));
  return { sort: 'expression', parts };
}

/** What a filter, a call or an index comes after: in parentheses most of the time. */
export function operand(node: Node, random: Random): Node {
  const isSimple =
    node.parts.length === 1 && typeof node.parts[0] === 'string' && /^[\w'"[(]/.test(node.parts[0]);
  return isSimple || random.chance(20) ? node : e`(${node})`;
}
