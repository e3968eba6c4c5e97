/**
 * Where the texts of an expression's value come from: found from how it is written and from where its variables are,
 * without evaluating anything. Of what a template computes, the answer is that it is a plain `str`.
 */

import { isDict, type Value } from '../base/value.ts';
import type { Environment } from './environment.ts';
import { readsOf } from './names-read.ts';
import { LOOKUP_FUNCTIONS, shortName } from './plugin-name.ts';
import { hasMarkers, Template, Vaulted } from './python/special.ts';
import type { CallArguments, Expression, Statement } from './syntax/syntax-tree.ts';
import {
  COMPUTED,
  isFromOutside,
  isKeptAsText,
  KEPT_AS_TEXT,
  RECEIVED,
  RECEIVED_AS_TEXT,
  type TextOrigin,
  WRITTEN,
} from './text-origin.ts';
import { VERBATIM_FILTERS } from './verbatim.ts';

/** What finding an origin needs to know. */
export type OriginFinder = {
  readonly env: Environment;
  /** What a text of a playbook consists of. */
  readonly parse: (source: string) => readonly Statement[];
} & LocalNames;

/** What is known of the names that the template itself sets. */
export type LocalNames = {
  readonly isLocal: (name: string) => boolean;
  /** What the loop runs over that gives the name its value. */
  readonly loopItems: (name: string) => Expression | undefined;
};

/** Outside of templates, where no name is set by one. */
export const NO_LOCAL_NAMES: LocalNames = { isLocal: () => false, loopItems: () => undefined };

const DEPTH_MAX = 20;

/** Where the texts of an expression's value come from. */
export function originOf(expression: Expression, finder: OriginFinder, depth = 0): TextOrigin {
  if (depth > DEPTH_MAX) return COMPUTED;
  const of = (part: Expression): TextOrigin => originOf(part, finder, depth + 1);
  switch (expression.kind) {
    case 'name':
      return ofVariable(expression.name, finder, depth);
    case 'getattr':
    case 'getitem':
      return ofItem(expression, finder, depth);
    case 'list':
    case 'tuple':
      return partwise(expression.items.map((item, index) => [index, of(item)]));
    case 'dict':
      return partwise(
        expression.pairs.flatMap(({ key, value }) =>
          key.kind === 'const' ? [[key.value, of(value)] as const] : [],
        ),
      );
    case 'and':
    case 'or':
      return common([of(expression.left), of(expression.right)]);
    case 'condexpr':
      return expression.otherwise === undefined
        ? of(expression.whenTrue)
        : common([of(expression.whenTrue), of(expression.otherwise)]);
    case 'arithmetic':
      return expression.operator === '+'
        ? insideOnly(common([of(expression.left), of(expression.right)]))
        : COMPUTED;
    case 'filter':
      return ofFilter(expression, of, finder);
    case 'call':
      return ofCall(expression.callee, expression.with, of);
    default:
      return COMPUTED;
  }
}

/** Where the texts of something that was not rendered yet come from, once it is; `origin` is that of what is written. */
export function originOfRaw(
  raw: Value,
  origin: TextOrigin,
  finder: OriginFinder & { readonly depth?: number },
): TextOrigin {
  const depth = finder.depth ?? 0;
  if (raw instanceof Template) return raw.isUnsafe ? RECEIVED : ofTemplate(raw.source, finder, depth);
  if (origin !== WRITTEN) return origin;
  if (typeof raw === 'string' && hasMarkers(raw)) return RECEIVED;
  const parts = partsOf(raw);
  if (parts === undefined) return origin;
  const inner = { ...finder, depth: depth + 1 };
  return partwise(parts.map(([key, part]) => [key, originOfRaw(part, WRITTEN, inner)]));
}

function partsOf(raw: Value): readonly (readonly [Value, Value])[] | undefined {
  if (Array.isArray(raw)) return raw.map((item, index) => [index, item]);
  return isDict(raw) ? [...raw] : undefined;
}

function ofTemplate(source: string, finder: OriginFinder, depth: number): TextOrigin {
  const { env } = finder;
  const statements = finder.parse(source);
  const [sole, ...more] = statements;
  const isSole = sole?.kind === 'output' && more.length === 0;
  const origin = isSole ? originOf(sole.value, { ...finder, ...NO_LOCAL_NAMES }, depth + 1) : COMPUTED;
  if (readsReceived(statements, finder, depth)) return isKeptAsText(origin) ? RECEIVED_AS_TEXT : RECEIVED;
  if (!isSole) return COMPUTED;
  const isReceived = origin.own === RECEIVED.own && origin.inside === undefined;
  if (env.options.native || isReceived) return origin;
  return { own: origin.own, inside: COMPUTED };
}

/** Whether a text from outside went into what a template gives: then Ansible takes all of that as coming from there. */
function readsReceived(statements: readonly Statement[], finder: OriginFinder, depth: number): boolean {
  if (depth > DEPTH_MAX) return true;
  const { names, looksUp, ofHosts } = readsOf(statements);
  return (
    looksUp ||
    [...names].some((name) => holdsReceived(name, finder, depth + 1)) ||
    ofHosts.some((printed) => isFromOutside(originOf(printed, finder, depth + 1)))
  );
}

function holdsReceived(name: string, finder: OriginFinder, depth: number): boolean {
  if (name === 'vars') {
    const others = [...finder.env.scope.names()].filter((other) => other !== name);
    return others.some((other) => holdsReceived(other, finder, depth));
  }
  const raw = finder.env.scope.raw?.(name);
  if (raw === undefined) return false;
  const origin = ofVariable(name, finder, depth);
  return isReceivedIn(raw, origin);
}

/** Whether one of the texts in a variable comes from outside, or was vaulted. */
function isReceivedIn(raw: Value, origin: TextOrigin): boolean {
  if (raw instanceof Vaulted) return true;
  if (typeof raw === 'string' || raw instanceof Template) return isFromOutside(origin);
  return partsOf(raw)?.some(([key, part]) => isReceivedIn(part, originOfPart(origin, key))) ?? false;
}

function ofVariable(name: string, finder: OriginFinder, depth: number): TextOrigin {
  const { env } = finder;
  if (finder.isLocal(name)) {
    const items = finder.loopItems(name);
    return items === undefined ? COMPUTED : anyPart(originOf(items, finder, depth + 1));
  }
  const raw = env.scope.raw?.(name);
  if (raw === undefined) return COMPUTED;
  return originOfRaw(raw, env.scope.textsOf?.(name) ?? COMPUTED, { ...finder, depth });
}

type ItemExpression = Extract<Expression, { readonly kind: 'getattr' | 'getitem' }>;

function keyOf(expression: ItemExpression): Value | undefined {
  if (expression.kind === 'getattr') return expression.name;
  return expression.key.kind === 'const' ? expression.key.value : undefined;
}

function ofItem(expression: ItemExpression, finder: OriginFinder, depth: number): TextOrigin {
  const { value: whole } = expression;
  const key = keyOf(expression);
  if (typeof key === 'string' && isAllVariables(whole, finder)) {
    const origin = ofVariable(key, finder, depth + 1);
    const isLoaded = whole.kind === 'name' && finder.env.scope.textsOf?.(key) === WRITTEN;
    return isLoaded ? { ...origin, isLoaded } : origin;
  }
  if (isText(whole, finder)) return COMPUTED;
  const origin = originOf(whole, finder, depth + 1);
  if (expression.kind === 'getitem' && expression.key.kind === 'slice') return insideOnly(origin);
  return key === undefined ? anyPart(origin) : originOfPart(origin, key);
}

function isText(expression: Expression, { env }: OriginFinder): boolean {
  return expression.kind === 'name' && typeof env.scope.raw?.(expression.name) === 'string';
}

/** `vars`, or a host's entry in `hostvars`, which holds much the same. */
function isAllVariables(expression: Expression, { isLocal }: OriginFinder): boolean {
  if (expression.kind === 'name') return expression.name === 'vars' && !isLocal('vars');
  return (
    (expression.kind === 'getitem' || expression.kind === 'getattr') &&
    expression.value.kind === 'name' &&
    expression.value.name === 'hostvars' &&
    !isLocal('hostvars')
  );
}

/** Filters that give one item of what they get. */
const PICKING = new Set(['first', 'last', 'max', 'min', 'random']);
/** Filters whose result is made of the parts of what they get. */
const KEEPING = new Set(
  (
    'combine dict2items dictsort flatten list mandatory product reject rejectattr reverse select selectattr shuffle ' +
    'sort unique union zip'
  ).split(' '),
);

function ofFilter(
  { value, name, with: given }: Extract<Expression, { readonly kind: 'filter' }>,
  of: (part: Expression) => TextOrigin,
  { env, isLocal }: OriginFinder,
): TextOrigin {
  if (value === undefined) return COMPUTED;
  const short = shortName(name);
  if (VERBATIM_FILTERS.has(short)) return KEPT_AS_TEXT;
  if (PICKING.has(short)) return anyPart(of(value));
  if (short === 'ternary') return common(given.args.map(of));
  if (short === 'default' || short === 'd') {
    const [otherwise] = given.args;
    const isThere = value.kind !== 'name' || isLocal(value.name) || env.scope.raw?.(value.name) !== undefined;
    return isThere || otherwise === undefined ? of(value) : of(otherwise);
  }
  if (!KEEPING.has(short)) return COMPUTED;
  return short === 'mandatory' ? of(value) : { own: 'str', inside: anyPart(of(value)) };
}

function ofCall(callee: Expression, given: CallArguments, of: (part: Expression) => TextOrigin): TextOrigin {
  if (callee.kind === 'name' && LOOKUP_FUNCTIONS.has(callee.name)) {
    return isLookupKept(given, of) ? RECEIVED_AS_TEXT : RECEIVED;
  }
  const [first] = given.args;
  if (callee.kind !== 'getattr') return COMPUTED;
  if (callee.name === 'get') {
    const whole = of(callee.value);
    return first?.kind === 'const' ? originOfPart(whole, first.value) : anyPart(whole);
  }
  return ['copy', 'items', 'keys', 'values'].includes(callee.name) ? insideOnly(of(callee.value)) : COMPUTED;
}

/** Whether the text that a lookup finds stays text: a file's where it is asked for, a variable's where it does so itself. */
function isLookupKept(
  { args: [name, term], kwargs }: CallArguments,
  of: (part: Expression) => TextOrigin,
): boolean {
  if (name?.kind !== 'const') return false;
  const lookup = shortName(String(name.value));
  if (lookup === 'vars' && term?.kind === 'const')
    return isKeptAsText(of({ kind: 'name', name: String(term.value), line: term.line }));
  return (
    lookup === 'template' &&
    kwargs.some(({ key, value }) => key === 'convert_data' && value.kind === 'const' && value.value === false)
  );
}

/** That of a list or dict with these parts, in its shortest form. */
function partwise(parts: readonly (readonly [Value, TextOrigin])[]): TextOrigin {
  const [[, first] = [null, COMPUTED]] = parts;
  return parts.every(([, origin]) => isSame(origin, first)) && first.inside === undefined
    ? first
    : { own: 'str', inside: new Map(parts) };
}

/** What all of them are; computed where they differ. */
function common(origins: readonly TextOrigin[]): TextOrigin {
  const [first = COMPUTED] = origins;
  return origins.every((origin) => isSame(origin, first)) ? first : COMPUTED;
}

function isSame(a: TextOrigin, b: TextOrigin): boolean {
  return a === b || (a.own === b.own && a.inside === b.inside);
}

/** That of something new with the same parts. */
function insideOnly(origin: TextOrigin): TextOrigin {
  return { own: 'str', inside: origin.inside ?? origin };
}

/** That of the part of a list or dict under `key`. */
export function originOfPart(origin: TextOrigin, key: Value): TextOrigin {
  const { inside } = origin;
  if (inside === undefined) return { own: origin.own };
  return 'own' in inside ? inside : (inside.get(key) ?? COMPUTED);
}

function anyPart(origin: TextOrigin): TextOrigin {
  const { inside } = origin;
  if (inside === undefined) return { own: origin.own };
  return 'own' in inside ? inside : common([...inside.values()]);
}
