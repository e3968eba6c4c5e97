/** What a template reads from outside of itself: names of variables, and lookups. */

import { LOOKUP_FUNCTIONS } from './plugin-name.ts';
import type { Expression, Statement, Target } from './syntax/syntax-tree.ts';

/** Found once for each parsed template. */
export type Reads = {
  readonly names: ReadonlySet<string>;
  readonly looksUp: boolean;
  /** What it prints of the variables of hosts. */
  readonly ofHosts: readonly Expression[];
};

type Walk = { readonly names: Set<string>; looksUp: boolean; readonly ofHosts: Expression[] };
/** Names that the template itself has set, by the place that is looked at. */
type Bound = Set<string>;

const known = new WeakMap<readonly Statement[], Reads>();

/** The names that are read before the template itself sets them, and whether it calls a lookup whose answer is not trusted. */
export function readsOf(statements: readonly Statement[]): Reads {
  const before = known.get(statements);
  if (before !== undefined) return before;
  const reads: Walk = { names: new Set(), looksUp: false, ofHosts: [] };
  walkAll(statements, new Set(), reads);
  known.set(statements, reads);
  return reads;
}

function walkAll(parts: Iterable<unknown>, bound: Bound, reads: Walk): void {
  for (const part of parts) walk(part, bound, reads);
}

/** Every part of a syntax tree in the order in which it is written, expressions and statements alike. */
function walk(part: unknown, bound: Bound, reads: Walk): void {
  if (typeof part !== 'object' || part === null) return;
  if (Array.isArray(part)) walkAll(part, bound, reads);
  else if (isNode(part)) walkNode(part, bound, reads);
  else walkAll(Object.values(part), bound, reads);
}

function isNode(part: object): part is Expression | Statement {
  return 'kind' in part && 'line' in part;
}

function walkNode(node: Expression | Statement, bound: Bound, reads: Walk): void {
  switch (node.kind) {
    case 'const':
      return;
    case 'name':
      if (!bound.has(node.name)) reads.names.add(node.name);
      return;
    case 'call':
      if (isDistrusted(node)) reads.looksUp = true;
      walkAll(Object.values(node), bound, reads);
      return;
    case 'output':
      if (isOfHosts(node.value)) reads.ofHosts.push(node.value);
      walk(node.value, bound, reads);
      return;
    case 'for':
      walk(node.items, bound, reads);
      walkAll([node.test, node.body, node.otherwise], within(bound, [node.target]), reads);
      return;
    case 'with':
      walkAll(node.targets, bound, reads);
      walk(node.body, within(bound, node.targets.map(targetOf)), reads);
      return;
    case 'macro':
    case 'callblock':
      walkAll(Object.values(node), within(bound, node.parameters.map(asTarget)), reads);
      if (node.kind === 'macro') bound.add(node.name);
      return;
    case 'set':
    case 'setblock':
      walkAll(Object.values(node), bound, reads);
      bind(node.target, bound);
      return;
    default:
      walkAll(Object.values(node), bound, reads);
  }
}

function isOfHosts(node: Expression): boolean {
  if (node.kind === 'name') return node.name === 'hostvars';
  return (node.kind === 'getattr' || node.kind === 'getitem') && isOfHosts(node.value);
}

function isDistrusted(node: Extract<Expression, { readonly kind: 'call' }>): boolean {
  const { callee, with: given } = node;
  return (
    callee.kind === 'name' &&
    LOOKUP_FUNCTIONS.has(callee.name) &&
    !given.kwargs.some(
      ({ key, value }) => key === 'allow_unsafe' && value.kind === 'const' && value.value === true,
    )
  );
}

function targetOf({ target }: { readonly target: Target }): Target {
  return target;
}

function asTarget({ name }: { readonly name: string }): Target {
  return { kind: 'name', name };
}

function within(bound: Bound, targets: readonly Target[]): Bound {
  const inner = new Set(bound);
  for (const target of targets) bind(target, inner);
  return inner;
}

function bind(target: Target, bound: Bound): void {
  if (target.kind === 'name') bound.add(target.name);
  else if (target.kind === 'tuple') for (const item of target.items) bind(item, bound);
}
