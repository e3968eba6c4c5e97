/** Random expressions: mostly of kinds that fit, so that they go deep, and now and then of ones that do not. */

import { e, joined, type Node } from './node.ts';
import type { Random } from './random.ts';
import { type Form, operand, randomCall } from './random-calls.ts';
import { formatCall, formatNested, percent, percentStarred, words } from './random-formats.ts';
import { type Kind, randomFloat, randomInt, randomText, VARIABLES } from './values.ts';

/** What makes the expressions of one case. */
export type Maker = {
  readonly random: Random;
  readonly names: readonly string[];
  /** Inside a template that others include: it includes none, as that could be itself. */
  readonly isIncluded?: boolean;
};

const KINDS: readonly Kind[] = ['int', 'float', 'str', 'list', 'dict', 'bool', 'any'];

/** An expression that gives `kind` most of the time; `depth` bounds how much is inside it. */
export function randomExpression(maker: Maker, kind: Kind, depth: number): Node {
  const { random } = maker;
  const wanted = random.chance(94) ? kind : random.pick(KINDS);
  if (depth <= 0 || random.chance(12)) return atom(maker, wanted);
  const make = (inner: Kind): Node => {
    const node = randomExpression(maker, inner, depth - 1);
    return node.parts.length > 1 && random.chance(70) ? e`(${node})` : node;
  };
  if (random.chance(24)) return randomCall(make, random);
  const forms = random.chance(12) ? ANY : FORMS[wanted];
  return random.pick(forms)(make, random);
}

function atom({ random, names }: Maker, kind: Kind): Node {
  if (names.length > 0 && random.chance(15)) return e`${random.pick(names)}`;
  if (random.chance(1))
    return e`${random.pick(['missing', 'missing', 'missing.a.b', 'd.zz.yy', '[missing]'])}`;
  const name = random.pick<string>(VARIABLES[kind]);
  return random.chance(55) ? e`${name}` : e`${literal(random, kind)}`;
}

function literal(random: Random, kind: Kind): string {
  switch (kind) {
    case 'int':
      return random.chance(95)
        ? randomInt(random)
        : random.pick(['1_000', '0x1F', '0b101', '0o17', '0xdead_beef', '00', '1_0']);
    case 'float':
      return random.chance(90) ? randomFloat(random) : random.pick(['1_0.5', '2e3', '1E-2', '5e+1']);
    case 'str':
      return random.chance(4)
        ? `${quoted(random, randomText(random))} ${quoted(random, randomText(random))}`
        : random.chance(4)
          ? random.pick([`'\\x41\\u00e9'`, `"\\101\\n"`, `'\\U0001f600'`, `'a\\\nb'`])
          : quoted(random, randomText(random));
    case 'list':
      return random.pick(
        words(`
    []  [1, 2, 3]  ['b', 'a', 'C']  (1, 2)  ()  ("x",)  [[1, 2], [3]]  [none, 1.5]
  `),
      );
    case 'dict':
      return random.pick([
        '{}',
        '{"a": 1, "b": 2}',
        '{1: "x", none: 2}',
        'dict(a=1, c="z")',
        '{"b": {"x": 1}}',
      ]);
    case 'bool':
      return random.pick(['true', 'False', 'true', 'false']);
    case 'any':
      return random.pick(['none', 'None', '1', "'s'", '[]', '{}', '1.0', 'undef()', '"ab".encode()']);
    default:
      return kind satisfies never;
  }
}

/** A string constant; braces are left out, as they end an expression for Ansible's own scanner. */
function quoted(random: Random, text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  const quote = random.pick(["'", '"']);
  return quote + escaped.replaceAll(quote, `\\${quote}`).replaceAll(/[{}]/g, '') + quote;
}

const binary =
  (operators: readonly string[], left: Kind, right: Kind): Form =>
  (make, random) =>
    e`${make(left)} ${random.pick(operators)} ${make(right)}`;

/** `value|filter`, with `§` for each argument. */
function filters(kind: Kind, texts: readonly string[], args: readonly Kind[] = []): Form {
  return (make, random) => {
    let used = 0;
    const parts = random
      .pick(texts)
      .split(/(§)/)
      .filter((part) => part !== '')
      .map((part) => (part === '§' ? make(args[used++ % args.length] ?? 'any') : part));
    return { sort: 'expression', parts: [operand(make(kind), random), ...parts] };
  };
}

const COMPARE = ['==', '!=', '<', '<=', '>', '>=', 'in', 'not in'];
const TESTS = words(`
    defined  undefined  none  number  string  mapping  sequence  iterable  boolean  true  false
    integer  float  odd  even  upper  lower  callable  escaped  truthy  falsy  sameas(none)
    divisibleby(3)  in([1, "a", none])  eq(1)  ne("a")  lt(2)  ge(0)  == 1  subset([1, 2, 3])
    superset([1])  contains("a")  match("a")  search("b")  regex("^[a-z]+$")  any  all  nan  abs
    version("1.0", ">=")  vault_encrypted
  `);

const ANY: readonly Form[] = [
  (make) => e`${make('any')} if ${make('bool')} else ${make('any')}`,
  (make) => e`${make('any')} if ${make('bool')}`,
  binary(['and', 'or'], 'any', 'any'),
  (make, random) => e`${operand(make('list'), random)}[${make('int')}]`,
  (make, random) => e`${operand(make('dict'), random)}[${make('str')}]`,
  (make, random) => e`${operand(make('dict'), random)}.${random.pick(['a', 'b', 'items()', 'zz', 'c'])}`,
  filters(
    'dict',
    ['.get(§)', '.get(§, §)', '|default(§)', '.setdefault(§, §)', '.pop(§, 1)'],
    ['str', 'any'],
  ),
  filters(
    'any',
    ['|default(§)', '|default(§, true)', '|d(§)', '|mandatory', '|ternary(§, §)', '|ternary(§, §, §)'],
    ['any'],
  ),
  filters(
    'list',
    ['|first', '|last', '|max', '|min', '|sum', '|sum(start=§)', '.pop()', '|random(seed=1)'],
    ['int'],
  ),
  filters('dict', ['|extract(d)', "|attr('a')"]),
  (make) => e`dict(**${make('dict')})`,
  (make, random) => e`${random.pick(['"{} {}".format', 'range', 'd.get', '[].append'])}(*${make('list')})`,
  (make) => e`${make('int')} <= ${make('int')} < ${make('float')} != ${make('any')}`,
  filters('str', ['|from_json', '|from_yaml', '|int', '|float', '|bool']),
  filters('any', ['|to_json', '|to_nice_json', '|to_yaml', '|to_nice_yaml', '|string|length', '|type_debug']),
];

const INT: readonly Form[] = [
  binary(['+', '-', '*', '//', '%'], 'int', 'int'),
  binary(['+', '-', '*', '//', '%'], 'int', 'int'),
  (make, random) => e`${make('int')} ** ${random.pick(['0', '1', '2', '3', '5', '-1', '2.0'])}`,
  (make) => e`-${make('int')}`,
  (make) => e`+${make('int')}`,
  filters('list', ['|length', '|count', '.count(§)', '.index(§)'], ['any']),
  filters(
    'str',
    ['|length', '.count(§)', '.find(§)', '.rfind(§)', '.index(§)', '|wordcount', '.find(§, 1)'],
    ['str'],
  ),
  filters('any', ['|int', '|int(§)', '|int(§, 16)', '|length', '|int(base=8)'], ['int']),
  filters(
    'int',
    ['|abs', '|int', '|round|int', '.bit_length()', '|log(2)', '|pow(2)', '|root', '|string', '|bool'],
    [],
  ),
  filters('list', ['|sum', '|max', '|min', '|map("int")|sum'], []),
];

const FLOAT: readonly Form[] = [
  binary(['/', '+', '-', '*', '//', '%'], 'float', 'int'),
  binary(['/', '+', '-', '*', '//', '%'], 'int', 'float'),
  binary(['/'], 'int', 'int'),
  (make, random) => e`${make('float')} ** ${random.pick(['0', '1', '2', '0.5', '-1', '3'])}`,
  filters(
    'float',
    words(`
    |round  |round(§)  |round(§, 'floor')  |round(1, 'ceil')  |abs  |float  .is_integer()
    .hex()
  `),
    ['int'],
  ),
  filters('any', ['|float', '|float(§)', '|float(default=§)'], ['float']),
];

const STR_METHODS = words(`
    .upper()  .lower()  .title()  .capitalize()  .swapcase()  .casefold()  .strip()  .lstrip(§)
    .rstrip(§)  .strip(§)  .replace(§, §)  .replace(§, §, 1)  .join(texts)  .center(9)
    .center(8, "*")  .ljust(6, ".")  .rjust(7)  .zfill(5)  .expandtabs(4)  .removeprefix(§)
    .removesuffix(§)  .format(§, §)  .translate({97: "b"})  .encode().decode()
  `);
const STR_FILTERS = words(`
    |upper  |lower  |title  |capitalize  |trim  |trim(§)  |replace(§, §)  |replace(§, §, 1)
    |string  |center(9)  |indent(2)  |indent(2, true)  |indent(width=1, blank=true)
    |truncate(5)  |truncate(5, true, "")  |truncate(4, leeway=0)  |wordwrap(4)
    |wordwrap(3, false)  |reverse  |escape  |e|string  |forceescape  |striptags  |urlencode
    |quote  |b64encode  |hash("md5")  |checksum  |basename  |dirname  |splitext|list
    |regex_escape  |regex_replace("a", "b")  |regex_replace("(.)", "\\\\1\\\\1")
    |regex_search("[a-z]+")  |default(§)  |comment  |to_uuid  |safe  |filesizeformat
    |win_basename  |expanduser  |human_readable
    |human_to_bytes  |path_join  |urlsplit("path")  |pprint  |tojson
  `);

const STR: readonly Form[] = [
  binary(['~'], 'any', 'any'),
  binary(['~'], 'str', 'int'),
  binary(['+'], 'str', 'str'),
  (make, random) => e`${make('str')} * ${random.pick(['0', '2', '3', '-1', 'i % 3'])}`,
  filters('str', STR_METHODS, ['str']),
  filters('str', STR_METHODS, ['str']),
  filters('str', STR_FILTERS, ['str']),
  filters('str', STR_FILTERS, ['str']),
  (make, random) => e`${operand(make('str'), random)}[${slice(make, random)}]`,
  (make, random) => e`${operand(make('str'), random)}[${make('int')}]`,
  percent,
  formatCall,
  percentStarred,
  formatNested,
  (make, random) =>
    e`${random.pick(['"["', '"("', '"{1: "', `"'"`, '"0x"', '" "', '"-"'])} ~ ${make('any')} ~ ${random.pick(['"]"', '", 2]"', '",)"', '"}"', `"'"`, '""', '"\\n"'])}`,
  filters(
    'list',
    ['|join', '|join(§)', '|join(",")', '|join(§, attribute="name")', '|string', '|pprint'],
    ['str'],
  ),
  filters(
    'int',
    ['|string', '|filesizeformat', '|filesizeformat(true)', '|human_readable', '|format("x")'],
    [],
  ),
  filters(
    'any',
    ['|string', '|tojson', '|to_json', '|pprint', '|e', '|safe', '|type_debug', '|urlencode'],
    [],
  ),
];

function slice(make: (kind: Kind) => Node, random: Random): Node {
  const part = (): Node =>
    random.chance(35)
      ? e``
      : random.chance(85)
        ? e`${random.pick(['0', '1', '2', '-1', '-2', '5'])}`
        : make('int');
  return random.chance(60) ? e`${part()}:${part()}` : e`${part()}:${part()}:${part()}`;
}

const LIST_FILTERS = words(`
    |sort  |sort(reverse=true)  |sort(case_sensitive=true)  |unique
    |unique(case_sensitive=true)|list  |reverse|list  |list  |map("string")|list
    |map("upper")|list  |map("int")|list  |select|list  |reject|list  |select("number")|list
    |reject("none")|list  |select("string")|list  |select("gt", 1)|list  |map("default", §)|list
    |batch(2)|list  |batch(3, §)|list  |slice(2)|list  |slice(3, §)|list  |flatten  |flatten(1)
    |zip(§)|list  |zip_longest(§, fillvalue=0)|list  |product(§)|list  |combinations(2)|list
    |permutations(2)|list  |union(§)|length  |intersect(§)|length  |difference(§)|length
    |symmetric_difference(§)|length  |shuffle(seed=3)  |map("length")|list
    |map("regex_replace", "a", "b")|list  |flatten(levels=1)
    |to_json  |join|list  |first|list  |sort(attribute="uid")  |map("type_debug")|list
    |rekey_on_member("a")  |items2dict  |list|string  |zip(§, §)|list  |groupby("name")
    |groupby(0)|list  |sum(start=[])
  `);

const LIST: readonly Form[] = [
  (make, random) =>
    e`[${joined(
      Array.from({ length: random.below(4) }, () => make('any')),
      ', ',
    )}]`,
  (make, random) =>
    e`(${joined(
      Array.from({ length: random.below(3) + 2 }, () => make('any')),
      ', ',
    )})`,
  binary(['+'], 'list', 'list'),
  (make, random) => e`${make('list')} * ${random.pick(['0', '2', '-1'])}`,
  (make, random) => e`${operand(make('list'), random)}[${slice(make, random)}]`,
  (_make, random) =>
    e`range(${random.pick(['3', '1, 4', '5, 0, -2', '0', '2, 2'])})${random.pick(['', '|list', '[1:]'])}`,
  filters('list', LIST_FILTERS, ['list']),
  filters('list', LIST_FILTERS, ['any']),
  filters(
    'str',
    words(`
    |list  .split()  .split(§)  .split(§, 1)  .rsplit(§, 1)  .splitlines()  .splitlines(true)
    .partition(§)  .rpartition(§)  |split  |split(§)  |regex_findall(".")  |map("upper")|list
    |splitext  |batch(2)|list
  `),
    ['str'],
  ),
  filters(
    'dict',
    words(`
    |list  .keys()|list  .values()|list  .items()|list  |dictsort  |dictsort(by="value")
    |dict2items  |items|list  .items()  .keys()  |dictsort(true)  |dictsort(reverse=true)
  `),
    [],
  ),
  (_make, random) =>
    e`users|${random.pick(['map(attribute="name")', 'selectattr("on")', 'rejectattr("on")', 'selectattr("uid", "gt", 1)', 'map(attribute="zz", default=0)', 'groupby("on")', 'sort(attribute="name,uid")', 'map("combine", {"z": 1})', 'unique(attribute="uid")', 'selectattr("zz", "defined")'])}|list`,
  filters(
    'str',
    words(`
    .encode()  .encode()|list  .encode().upper()  .encode().hex()  .encode("latin-1")
    .encode().split()  .encode()[1:]  .encode()[0]  .encode("ascii", "ignore")
  `),
    [],
  ),
];

const DICT: readonly Form[] = [
  (make) => e`{${make('str')}: ${make('any')}, "b": ${make('any')}}`,
  (make, random) => e`{${make(random.pick(['int', 'str', 'bool', 'float', 'any']))}: ${make('any')}}`,
  (make) => e`dict(a=${make('any')}, k=${make('any')})`,
  (make) => e`dict(${make('list')}|zip(${make('list')}))`,
  filters(
    'dict',
    words(`
    |combine(§)  |combine(§, recursive=true)  |combine(§, recursive=true, list_merge='append')
    |combine(§, list_merge='append_rp')  |combine({"a": §})  .copy()  |dict2items|items2dict
    |from_json
  `),
    ['dict'],
  ),
];

const BOOL: readonly Form[] = [
  (make, random) => e`${make('int')} ${random.pick(COMPARE.slice(0, 6))} ${make('float')}`,
  (make, random) =>
    e`${make('int')} ${random.pick(COMPARE.slice(0, 6))} ${make('int')} ${random.pick(COMPARE.slice(0, 6))} ${make('int')}`,
  (make, random) => e`${make('any')} ${random.pick(['==', '!=', 'in', '<'])} ${make('any')}`,
  (make, random) => e`${make('any')} ${random.pick(['in', 'not in'])} ${make('list')}`,
  (make, random) => e`${make('str')} ${random.pick(COMPARE)} ${make('str')}`,
  (make, random) => e`${make('list')} ${random.pick(COMPARE.slice(0, 6))} ${make('list')}`,
  (make) => e`not ${make('bool')}`,
  binary(['and', 'or'], 'bool', 'bool'),
  (make, random) => e`${operand(make('any'), random)} is ${random.pick(['', 'not '])}${random.pick(TESTS)}`,
  (make, random) => e`${operand(make('int'), random)} is ${random.pick(['', 'not '])}${random.pick(TESTS)}`,
  (make, random) => e`${operand(make('str'), random)} is ${random.pick(['', 'not '])}${random.pick(TESTS)}`,
  filters(
    'str',
    words(`
    .isdigit()  .isalpha()  .isupper()  .islower()  .isalnum()  .isspace()  .istitle()
    .isnumeric()  .isidentifier()  .startswith(§)  .endswith(§)  .isdecimal()  .isascii()
    .isprintable()  .startswith((§, "a"))
  `),
    ['str'],
  ),
  filters('any', ['|bool']),
];

const FORMS: Readonly<Record<Kind, readonly Form[]>> = {
  int: INT,
  float: FLOAT,
  str: STR,
  list: LIST,
  dict: DICT,
  bool: BOOL,
  any: [...ANY, ...INT, ...STR, ...LIST, ...DICT, ...BOOL, ...FLOAT],
};
