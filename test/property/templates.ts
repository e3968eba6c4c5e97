/** Random templates: texts with tags around random expressions. */

import { type Maker, randomExpression } from './expressions.ts';
import { b, joined, type Node, textOf } from './node.ts';
import type { Kind } from './values.ts';

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
  '\r\n',
  '\t{{ i }}\n',
  'é🎉',
];

/** A part of a template: one to four pieces. */
function randomBody(maker: Maker, depth: number): Node {
  const pieces = Array.from({ length: 1 + maker.random.below(3) }, () => randomPiece(maker, depth));
  return joined(pieces, '', 'body');
}

function randomPiece(maker: Maker, depth: number): Node {
  const { random } = maker;
  const kind = random.below(depth > 0 ? 21 : 6);
  if (kind < 3) return b`${random.pick(TEXTS)}`;
  if (kind < 6) return output(maker);
  const form = random.pick(FORMS);
  return form(maker, depth - 1);
}

/** A whole template: now and then one that extends another, or that sets its own syntax. */
export function randomTemplate(maker: Maker): Node {
  const { random } = maker;
  if (random.chance(4)) {
    const blocks = b`{% block one %}${randomBody(maker, 1)}${random.pick(['', '{{ super() }}'])}{% endblock %}`;
    return b`{% extends ${random.pick(['"base.j2"', '"base.j2"', '"base.j2" if yes else "nosuch.j2"', '"nosuch.j2"'])} %}${randomPiece(maker, 1)}${blocks}`;
  }
  const body = randomBody(maker, 2);
  if (!random.chance(4)) return body;
  return b`#jinja2: ${random.pick(['trim_blocks: False', 'lstrip_blocks: True', 'trim_blocks: False, lstrip_blocks: True', 'keep_trailing_newline: False', "newline_sequence: '\\r\\n'", "comment_start_string: '<#', comment_end_string: '#>'", "variable_start_string: '[%', variable_end_string: '%]'"])}\n${body}`;
}

/** The templates that others name. */
export function randomFiles(outer: Maker): Readonly<Record<string, string>> {
  const maker = { ...outer, isIncluded: true };
  const macro = b`{% macro f(a, b=1) %}${randomBody({ ...maker, names: ['a', 'b'] }, 0)}{% endmacro %}`;
  return {
    'a.j2': textOf(
      b`${maker.random.pick(['', '', '{{ v|default("-") }}{{ item|d(i) }}'])}${randomBody(maker, 1)}`,
    ),
    'm.j2': textOf(
      b`{% set v = ${randomExpression(maker, 'any', 1)} %}${macro}{% macro _g() %}g{% endmacro %}`,
    ),
    'base.j2': textOf(
      b`<{% block one %}${randomBody(maker, 1)}{% endblock %}|{% block two ${maker.random.pick(['', 'scoped ', 'required '])}%}{% endblock %}>`,
    ),
  };
}

function include(maker: Maker): Node {
  const { random } = maker;
  if (maker.isIncluded === true) return output(maker);
  const context = random.pick(['', '', ' with context', ' without context']);
  switch (random.below(4)) {
    case 0:
    case 1:
      return tag(
        maker,
        b`include ${random.pick(['"a.j2"', '"a.j2"', '["nosuch.j2", "a.j2"]', '"nosuch.j2"', 'a', '"m.j2"'])}${random.pick(['', '', ' ignore missing'])}${context}`,
      );
    case 2:
      return b`${tag(maker, b`import "m.j2" as o${context}`)}{{ o.${random.pick(['f(i)', 'f(1, b=s)', 'v', 'zz', '_g()', 'f()'])} }}`;
    default:
      return b`${tag(maker, b`from "m.j2" import ${random.pick(['f', 'f as h, v', 'v', 'zz', 'f, _g'])}${context}`)}{{ ${random.pick(['f(2)', 'h(i)', 'v', 'zz', 'f'])} }}`;
  }
}

/** A macro that calls back. */
function call(maker: Maker, depth: number): Node {
  const { random } = maker;
  const [parameters, given] = random.pick([
    ['', ''],
    ['(r)', '1'],
    ['(r, q=2)', 'i'],
    ['(r)', ''],
    ['(r)', 'r=s'],
  ] as const);
  const definition = b`${tag(maker, b`macro k(p=0)`)}<{{ caller(${given}) }}{{ caller.${random.pick(['name', 'arguments', 'catch_varargs'])} }}{{ varargs${random.pick(['', '|length', '[0]'])} }}{{ kwargs${random.pick(['', '.z', '|dictsort'])} }}>${tag(maker, b`endmacro`)}`;
  const inner = { ...maker, names: [...maker.names, 'r', 'q'] };
  return b`${definition}${tag(maker, b`call${parameters} k(${random.pick(['', '1', '1, 2', 'z=3', '*l', '**d'])})`)}${randomBody(inner, depth)}${tag(maker, b`endcall`)}`;
}

function recursion(maker: Maker): Node {
  const { random } = maker;
  if (random.chance(40)) return recursionOverPairs(maker);
  const inner = { ...maker, names: [...maker.names, 'loop.depth', 'loop.depth0', 'loop.index', 'item'] };
  return b`${tag(maker, b`for item in ${random.pick(['[[1, [2]], [3]]', 'l', '[l, numbers]', 'nested.values()'])} recursive`)}${output(inner)}{% if item is iterable and item is not string %}({{ loop(item${random.pick(['', '|list', '[1:]'])}) }}){% endif %}${tag(maker, b`endfor`)}`;
}

function recursionOverPairs(maker: Maker): Node {
  const { random } = maker;
  const inner = { ...maker, names: [...maker.names, 'k', 'v', 'loop.depth', 'loop.revindex'] };
  const look = random.pick([
    '{{ loop.changed(v) }}',
    '{{ loop.cycle("a", k, "c") }}',
    '{{ loop.previtem|default("-") }}{{ loop.nextitem|default("+") }}',
    '{{ loop.changed(loop.depth, 1) ~ loop.length }}',
  ]);
  const pairs = random.pick([
    'd.items()',
    'nested.items()',
    'd|dictsort',
    'nested|items',
    'd|dict2items|map(attribute="key")|zip(l)',
  ]);
  const rest = random.pick(['', '', '{% else %}[]']);
  return b`${tag(maker, b`for k, v in ${pairs} recursive`)}${look}${output(inner)}{% if v is mapping %}({{ loop(v.items()) }}){% endif %}${rest}${tag(maker, b`endfor`)}`;
}

/** Macros in a macro, whose defaults look at arguments and at what stands around. */
function nestedMacros(maker: Maker, depth: number): Node {
  const { random } = maker;
  const outer = { ...maker, names: [...maker.names, 'p', 'q'] };
  const inner = { ...maker, names: [...maker.names, 'p', 'q', 'r', 's'] };
  const defaults = random.pick(['q=p', 'q=i', 'p=q, q=1', 'q=p is defined']);
  const parameters = defaults.startsWith('p') ? defaults : `p, ${defaults}`;
  const back = random.pick(['{{ caller() }}', '{{ caller(r) if caller is defined }}', '']);
  const within = b`${tag(maker, b`macro n(r=${expression(outer, 'any')}, s=r)`)}${randomBody(inner, 0)}${back}${tag(maker, b`endmacro`)}`;
  const use = random.pick([
    '{{ n() }}',
    '{{ n(q) }}',
    '{{ n(s=1) }}',
    '{% call(x=q) n(q) %}{{ x }}{{ caller() if caller is defined }}{% endcall %}',
  ]);
  const definition = b`${tag(maker, b`macro o(${parameters})`)}${within}${use}${tag(maker, b`endmacro`)}`;
  const given = random.pick(['1', '', 's, q=2', 'q=l']);
  if (random.chance(50)) return b`${definition}{{ o(${given}) }}`;
  return b`${definition}{% call o(${given}) %}${randomBody(maker, depth)}{% endcall %}`;
}

/** A name that is set, set again further in, and read at both places. */
function scopes(maker: Maker, depth: number): Node {
  const inner = { ...maker, names: [...maker.names, 'v'] };
  const [open, close] = maker.random.pick([
    ['if yes', 'endif'],
    ['if no', 'else %}{% endif'],
    ['for w in [1, 2]', 'endfor'],
    ['with', 'endwith'],
    ['with w = v', 'endwith'],
    ['filter upper', 'endfilter'],
    ['set w', 'endset'],
    ['macro m()', 'endmacro %}{{ m() }}{% set w = 1'],
  ] as const);
  const again = b`{% set v = ${expression(inner, 'any')} %}{{ v }}`;
  return b`{% set v = ${expression(maker, 'int')} %}${tag(maker, b`${open}`)}${again}${randomBody(inner, depth)}{% ${close} %}{{ v }}`;
}

/** Whitespace control at the two ends of a tag. */
function tag(maker: Maker, inner: Node): Node {
  const { random } = maker;
  return b`{%${random.pick(['', '', '', '-', '+'])} ${inner} ${random.pick(['', '', '', '-', '+'])}%}`;
}

function output(maker: Maker): Node {
  const { random } = maker;
  const one = randomExpression(maker, random.pick(['any', 'int', 'str', 'list']), 2);
  const value = random.chance(2) ? b`${one}, ${randomExpression(maker, 'any', 1)}` : one;
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
  nestedMacros,
  scopes,
  (maker) =>
    b`{#${maker.random.pick(['', '-', '+'])} ${maker.random.pick(['no', 'n\n o', '{{ x }}'])} ${maker.random.pick(['', '-', '+'])}#}`,
  (maker, depth) => {
    const inner = { ...maker, names: [...maker.names, 'ns.a', 'ns.b'] };
    return b`${tag(maker, b`set ns = namespace(a=${expression(maker, 'any')})`)}${tag(maker, b`set ns.${maker.random.pick(['a', 'b'])} = ${expression(maker, 'any')}`)}${randomBody(inner, depth)}`;
  },
  (maker) =>
    tag(
      maker,
      b`do ${maker.random.pick(['l.append', 'numbers.extend', 'd.update', 'texts.insert'])}(${expression(maker, 'any')})`,
    ),
  include,
  include,
  call,
  recursion,
  (maker) =>
    b`${tag(maker, b`set c = ${maker.random.pick(['cycler(1, i)', 'joiner("; ")', 'joiner()'])}`)}{{ c${maker.random.pick(['.next()', '()', '.current', '.reset()'])} }}{{ c${maker.random.pick(['.next()', '()'])} }}`,
  (maker, depth) =>
    b`${tag(maker, b`block ${maker.random.pick(['one', 'two'])}${maker.random.pick(['', ' scoped'])}`)}${randomBody(maker, depth)}${tag(maker, b`endblock`)}${maker.random.pick(['', '', '{{ self.one() }}'])}`,
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
