/** Random variables: what YAML and JSON can hold, as JSON text that both engines read. */

import type { Random } from './random.ts';

/** Names of variables and the kind of value that stands in them most of the time. */
export const VARIABLES = {
  int: ['i', 'j', 'big'],
  float: ['f', 'g'],
  str: ['s', 't', 'u'],
  list: ['l', 'numbers', 'texts'],
  dict: ['d', 'nested'],
  bool: ['yes', 'no'],
  any: ['n', 'x', 'users', 'indirect', 'chained'],
} as const;

/** A kind of value that an expression mostly gives. */
export type Kind = keyof typeof VARIABLES;

const WORDS = [
  '',
  'a',
  'Ab',
  'x y',
  ' pad ',
  '12',
  '-3',
  '1.5',
  'True',
  'false',
  'None',
  'é',
  'ß🎉',
  "it's",
  '"q"',
];
const MORE_WORDS = [
  'line\nbreak',
  '\t',
  'a,b;c',
  '[1, 2]',
  "{'k': 1}",
  '{',
  '\\d',
  '%s',
  'yes',
  '/etc/x.conf',
  '0x1f',
  '\u0130I\u0131',
  '\ufb01x',
  'a\u0301\u00a0',
  '\u4e2d\u6587',
  '\ud800\udc00\ud83d\udc69\u200d\ud83d\udcbb',
  '\udb80\udc00\udbff\udffd',
  '\u01c5\u00b2\u0663',
  '\r\n\x0b\x1c\u2028z',
  '<b>&"',
  'a b  c',
  'http://u:p@h.example:80/p?q=1#f',
  '2020-01-02',
  'YWI=',
  '1.2.3',
  '10 MB',
  '{{ i }}',
];
const INTS = ['0', '1', '2', '3', '-1', '7', '10', '-5', '255', '1024'];
const BIG_INTS = [
  '1180591620717411303424',
  '-9007199254740992',
  '9007199254740993',
  '-12345678901234567890',
  '4294967296',
  '100000000000000000000',
];
const FLOATS = [
  ...['0.0', '1.0', '-0.5', '2.5', '3.14159', '1e16', '1e-05', '123456.789', '-0.0', '1e300'],
  ...[
    '0.1',
    '1e22',
    '5e-324',
    '1.7976931348623157e308',
    '0.30000000000000004',
    '123456789012345.6',
    '1e15',
    '0.0001',
  ],
];

/** A random text of a variable. */
export function randomText(random: Random): string {
  return random.pick(random.chance(60) ? WORDS : MORE_WORDS);
}

/** A random int, as it is written. */
export function randomInt(random: Random): string {
  return random.pick(random.chance(92) ? INTS : BIG_INTS);
}

/** A random float, as it is written. */
export function randomFloat(random: Random): string {
  return random.pick(FLOATS);
}

/** The variables of one case, as the text of a JSON object. */
export function randomVariables(random: Random): string {
  const list = (item: () => string): string => `[${repeat(random, 5, item).join()}]`;
  const int = (): string => randomInt(random);
  const text = (): string => JSON.stringify(randomText(random));
  const data = (): string => randomData(random, 2);
  const user = (): string => `{"name":${text()},"uid":${int()},"on":${random.pick(['true', 'false'])}}`;
  const entries: Record<string, string> = {
    i: int(),
    j: int(),
    big: random.pick(BIG_INTS),
    f: randomFloat(random),
    g: randomFloat(random),
    s: text(),
    t: text(),
    u: text(),
    l: list(data),
    numbers: list(int),
    texts: list(text),
    d: `{"a":${data()},"b":${data()},"k 1":${text()}}`,
    nested: `{"a":{"b":${data()}},"items":${int()},"c":[${data()}]}`,
    yes: 'true',
    no: 'false',
    n: 'null',
    x: data(),
    users: list(user),
    indirect: JSON.stringify(
      random.pick(['{{ i }}', '{{ s }}', '{{ l }}', '{{ d.a }}', 'a{{ i }}', '{{ yes }}']),
    ),
    chained: JSON.stringify(random.pick(['{{ indirect }}', '{{ indirect ~ s }}', '{{ [indirect, x] }}'])),
  };
  return `{${Object.entries(entries)
    .map(([name, value]) => `${JSON.stringify(name)}:${value}`)
    .join()}}`;
}

function randomData(random: Random, depth: number): string {
  const kind = random.below(depth > 0 ? 8 : 6);
  if (kind === 0) return random.pick(['null', 'true', 'false']);
  if (kind === 1 || kind === 2) return randomInt(random);
  if (kind === 3) return randomFloat(random);
  if (kind < 6) return JSON.stringify(randomText(random));
  const items = repeat(random, 3, () => randomData(random, depth - 1));
  if (kind === 6) return `[${items.join()}]`;
  return `{${items.map((item, index) => `${JSON.stringify(['a', 'b', 'c'][index])}:${item}`).join()}}`;
}

function repeat(random: Random, most: number, make: () => string): string[] {
  return Array.from({ length: random.below(most + 1) }, make);
}
