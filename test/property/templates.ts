/** Random templates: texts with tags around random expressions. */

import { type Kind, type Maker, randomExpression } from './expressions.ts';
import { b, joined, type Node } from './node.ts';

const TEXTS = [
  '',
  ' ',
  'x',
  '\n',
  ' a\n  ',
  '\n\n',
  'text ',
  "it's\n",
  '  \n',
  '{ }',
  '%',
  '#',
  '\\n',
  '[',
  '1',
];

/** A part of a template: one to four pieces. */
export function randomBody(maker: Maker, depth: number): Node {
  const pieces = Array.from({ length: 1 + maker.random.below(3) }, () => randomPiece(maker, depth));
  return joined(pieces, '', 'body');
}

function randomPiece(maker: Maker, depth: number): Node {
  const { random } = maker;
  const kind = random.below(depth > 0 ? 17 : 6);
  if (kind < 3) return b`${random.pick(TEXTS)}`;
  if (kind < 6) return output(maker);
  const form = random.pick(FORMS);
  return form(maker, depth - 1);
}

/** Whitespace control at the two ends of a tag. */
function tag(maker: Maker, inner: Node): Node {
  const { random } = maker;
  return b`{%${random.pick(['', '', '', '-', '+'])} ${inner} ${random.pick(['', '', '', '-', '+'])}%}`;
}

function output(maker: Maker): Node {
  const { random } = maker;
  const value = randomExpression(maker, random.pick(['any', 'int', 'str', 'list']), 2);
  return b`{{${random.pick(['', '', '', '-'])} ${value} ${random.pick(['', '', '', '-'])}}}`;
}

function expression(maker: Maker, kind: Kind): Node {
  return randomExpression(maker, kind, 2);
}

const FORMS: readonly ((maker: Maker, depth: number) => Node)[] = [
  (maker, depth) =>
    b`${tag(maker, b`if ${expression(maker, 'bool')}`)}${randomBody(maker, depth)}${tag(maker, b`endif`)}`,
  (maker, depth) =>
    b`${tag(maker, b`if ${expression(maker, 'any')}`)}${randomBody(maker, depth)}${tag(maker, b`elif ${expression(maker, 'bool')}`)}${randomBody(maker, depth)}${tag(maker, b`else`)}${randomBody(maker, depth)}${tag(maker, b`endif`)}`,
  loop,
  loop,
  loop,
  (maker) => tag(maker, b`set ${name(maker)} = ${expression(maker, 'any')}`),
  (maker) => tag(maker, b`set v, w = ${expression(maker, 'any')}, ${expression(maker, 'int')}`),
  (maker, depth) =>
    b`${tag(maker, b`set kept${maker.random.pick(['', ' | upper', ' | trim | length'])}`)}${randomBody(maker, depth)}${tag(maker, b`endset`)}`,
  (maker, depth) => {
    const inner = { ...maker, names: [...maker.names, 'v', 'w'] };
    return b`${tag(maker, b`with v = ${expression(maker, 'any')}, w = ${expression(maker, 'int')}`)}${randomBody(inner, depth)}${tag(maker, b`endwith`)}`;
  },
  macro,
  (maker, depth) =>
    b`${tag(maker, b`filter ${maker.random.pick(['upper', 'trim', 'replace("a", "b")', 'indent(2)', 'length', 'escape'])}`)}${randomBody(maker, depth)}${tag(maker, b`endfilter`)}`,
  (maker) =>
    b`${tag(maker, b`raw`)}${maker.random.pick(['{{ x }}', '{% if %}', ' \n'])}${tag(maker, b`endraw`)}`,
  (maker) => b`{#${maker.random.pick(['', '-', '+'])} no ${maker.random.pick(['', '-', '+'])}#}`,
  (maker, depth) => {
    const inner = { ...maker, names: [...maker.names, 'ns.a', 'ns.b'] };
    return b`${tag(maker, b`set ns = namespace(a=${expression(maker, 'any')})`)}${tag(maker, b`set ns.${maker.random.pick(['a', 'b'])} = ${expression(maker, 'any')}`)}${randomBody(inner, depth)}`;
  },
  (maker) =>
    tag(
      maker,
      b`do ${maker.random.pick(['l.append', 'numbers.extend', 'd.update', 'texts.insert'])}(${expression(maker, 'any')})`,
    ),
  (maker, depth) =>
    b`${tag(maker, b`block ${maker.random.pick(['one', 'two'])}${maker.random.pick(['', ' scoped'])}`)}${randomBody(maker, depth)}${tag(maker, b`endblock`)}`,
];

function name(maker: Maker): string {
  return maker.random.pick(['v', 'w', 'x', 'i']);
}

const LOOP_NAMES = [
  'item',
  'item',
  'item',
  'loop.index',
  'loop.index0',
  'loop.first',
  'loop.last',
  'loop.length',
  'loop.revindex',
  'loop.revindex0',
  'loop.previtem',
  'loop.nextitem',
  'loop.cycle("a", "b")',
  'loop.changed(item)',
  'loop.depth',
];

function loop(maker: Maker, depth: number): Node {
  const { random } = maker;
  const inner = { ...maker, names: [...maker.names, ...LOOP_NAMES] };
  const condition = random.chance(20)
    ? b` if ${expression({ ...maker, names: [...maker.names, 'item'] }, 'bool')}`
    : b``;
  const rest = random.chance(20) ? b`${tag(maker, b`else`)}${randomBody(maker, depth)}` : b``;
  const leave = random.chance(15)
    ? b`{% if ${expression(inner, 'bool')} %}{% ${random.pick(['break', 'continue'])} %}{% endif %}`
    : b``;
  const [target, kind] = random.pick<[string, Kind]>([
    ['item', 'list'],
    ['item', 'list'],
    ['item', 'dict'],
    ['item', 'str'],
    ['item, w', 'list'],
  ]);
  const items = random.chance(20) ? b`d.items()` : expression(maker, kind);
  return b`${tag(maker, b`for ${target} in ${items}${condition}`)}${leave}${randomBody(inner, depth)}${rest}${tag(maker, b`endfor`)}`;
}

const SIGNATURES = [
  ['', ''],
  ['p', '1'],
  ['p, q=2', 's'],
  ['p, q=i', 'p=1'],
  ['p', ''],
  ['', '1, 2'],
  ['p', '1, z=2'],
  ['p=1, q=p', ''],
] as const;

function macro(maker: Maker, depth: number): Node {
  const { random } = maker;
  const [parameters, args] = random.pick(SIGNATURES);
  const inner = {
    ...maker,
    names: [...maker.names, 'p', 'q', 'varargs', 'kwargs', 'm.name', 'm.arguments'],
  };
  const definition = b`${tag(maker, b`macro m(${parameters})`)}${randomBody(inner, depth)}`;
  if (random.chance(35)) {
    return b`${definition}[{{ caller(${random.pick(['', '1'])}) }}]${tag(maker, b`endmacro`)}${tag(maker, b`call${random.pick(['', '(r)'])} m(${args})`)}${randomBody(maker, depth)}${tag(maker, b`endcall`)}`;
  }
  return b`${definition}${tag(maker, b`endmacro`)}${random.pick(['{{ m(', '{{ 1 ~ m('])}${args})${random.pick(['', '|upper', '|length', ''])} }}`;
}
