/** Random formatting of texts: with `%`, the format filter and `format()`. */

import { e, joined, type Node } from './node.ts';
import type { Random } from './random.ts';
import type { Form, Make } from './random-calls.ts';
import type { Kind } from './values.ts';

/** Words of a list, two blanks or a line between them. */
export function words(list: string): readonly string[] {
  return list.trim().split(/ {2,}|\n\s*/);
}

const CONVERSIONS = words(`
    %s  %r  %d  %5d  %-5s|  %05d  %+d  %.2f  %e  %g  %x  %#x  %o  %c  %%  %10.3s  %i  %X  %a
    %.0f  %#o  % d  %G
  `);

/** `text % values`. */
export function percent(make: Make, random: Random): Node {
  const count = 1 + random.below(3);
  const used = Array.from({ length: count }, () => random.pick(CONVERSIONS));
  const args = joined(
    used.filter((text) => text !== '%%').map((text) => make(argumentKind(text, random))),
    ', ',
  );
  if (random.chance(15)) return e`"%(a)s-%(b)${random.pick(['s', 'd', 'r', '5.1f'])}" % ${make('dict')}`;
  if (random.chance(25)) return e`"${used.join(' ')}"|format(${args})`;
  return count === 1 && random.chance(60)
    ? e`"${used.join('')}" % ${make('any')}`
    : e`"${used.join(' ')}" % (${args},)`;
}

const WIDTHS = ['5', '-7', '0', 'i % 9'];
const STARRED = ['"%*d"', '"%-*s|"', '"%.*f"', '"%0*x"', '"%+.*e"'];
const NESTED_SPECS = ['"{:{}}"', '"{0:>{1}}"', '"{0!r:^{1}}"', '"{:{}.3}"', '"{0[0]:{1}}"'];

/** A width or precision that is an argument. */
export const percentStarred: Form = (make, random) =>
  e`${random.pick(STARRED)} % (${random.pick(WIDTHS)}, ${make('float')})`;

/** A format spec that is an argument. */
export const formatNested: Form = (make, random) =>
  e`${random.pick(NESTED_SPECS)}.format(${make('any')}, ${random.pick(['6', '"<8"', 'i % 9'])})`;

function argumentKind(conversion: string, random: Random): Kind {
  if (/[sra]/.test(conversion)) return 'any';
  return /[feg]/i.test(conversion) && random.chance(60) ? 'float' : 'int';
}

const SPECS = words(`
      :>6  :<6  :^7  :*^8  :05d  :+d  :,  :.2f  :x  :#b  :e  :%  !r  !s  :_  :=6  :10.3  :g  :n
    :c  !a  :.3s  :o  : d  :-^9.2f
  `);

/** `text.format(…)`. */
export function formatCall(make: Make, random: Random): Node {
  const field = (name: string): string => `{${name}${random.pick(SPECS)}}`;
  const kind = random.pick<Kind>(['int', 'float', 'str', 'any', 'int', 'float']);
  const texts = random.pick([
    [field(''), field('')],
    [field('1'), field('0')],
    [field('a')],
    [field('0.real')],
    [field('0[0]')],
  ]);
  return e`"${texts.join('-')}".format(${make(kind)}, ${make(kind)}, a=${make(kind)})`;
}
