/**
 * Which names each scope of a template asks for outside of it. Jinja2 reads them all before the scope runs, also those
 * that stand in a branch that is not taken: a variable that cannot be rendered fails there.
 */

import type { CallArguments, Expression, Statement, Target } from './syntax-tree.ts';
import { targetNames } from './walk-statements.ts';

/** The names that are known within a scope, or within one branch of it. */
export type ScopeNames = {
  /** All that it reads or sets. */
  readonly known: Set<string>;
  readonly stored: Set<string>;
  /** Names in the order of the text, and whether each is read from outside; if not, it has no value before it is set. */
  readonly starts: Map<string, boolean>;
  /** That of which it is a branch. */
  readonly trunk: ScopeNames | undefined;
  /** The scope around. */
  readonly outer: ScopeNames | undefined;
};

/** What stands in one scope; its inner scopes are left out. */
export type ScopeParts = {
  /** Names that it has from its start, such as parameters. */
  readonly given?: readonly string[];
  readonly expressions?: readonly (Expression | undefined)[];
  readonly statements?: readonly Statement[];
};

/** The names of a scope within `outer`. */
export function namesOfScope(parts: ScopeParts, outer: ScopeNames | undefined): ScopeNames {
  const names = makeNames(undefined, outer);
  for (const name of parts.given ?? []) store(names, name);
  for (const expression of parts.expressions ?? []) visitExpression(expression, names);
  visitAll(parts.statements ?? [], names);
  return names;
}

/** What a scope reads from outside of the template before it runs. */
export function readBefore({ starts }: ScopeNames): string[] {
  return [...starts].flatMap(([name, isRead]) => (isRead ? [name] : []));
}

function makeNames(trunk: ScopeNames | undefined, outer: ScopeNames | undefined): ScopeNames {
  return { known: new Set(), stored: new Set(), starts: new Map(), trunk, outer };
}

function isKnown(names: ScopeNames | undefined, name: string): boolean {
  for (let scope = names; scope !== undefined; scope = scope.trunk ?? scope.outer)
    if (scope.known.has(name)) return true;
  return false;
}

function isStored(names: ScopeNames, name: string): boolean {
  for (let part: ScopeNames | undefined = names; part !== undefined; part = part.trunk)
    if (part.stored.has(name)) return true;
  return false;
}

function read(names: ScopeNames, name: string): void {
  if (isKnown(names, name)) return;
  names.known.add(name);
  names.starts.set(name, true);
}

function store(names: ScopeNames, name: string): void {
  if (!isKnown(names, name)) names.starts.set(name, false);
  names.known.add(name);
  names.stored.add(name);
}

function storeTarget(target: Target, names: ScopeNames): void {
  if (target.kind === 'namespace') read(names, target.name);
  else for (const name of targetNames(target)) store(names, name);
}

function visitAll(statements: readonly Statement[], names: ScopeNames): void {
  for (const statement of statements) visitStatement(statement, names);
}

function visitStatement(statement: Statement, names: ScopeNames): void {
  visitExpressions(readBy(statement), names);
  if (statement.kind === 'if') visitBranches(statement, names);
  if ('target' in statement && statement.kind !== 'for') storeTarget(statement.target, names);
  if (statement.kind === 'import' || statement.kind === 'macro') store(names, statement.name);
  if (statement.kind === 'from') for (const { alias } of statement.names) store(names, alias);
}

/** What a statement evaluates in the scope that it stands in. */
function readBy(statement: Statement): readonly (Expression | undefined)[] {
  switch (statement.kind) {
    case 'block':
    case 'break':
    case 'continue':
    case 'macro':
    case 'scope':
    case 'setblock':
      return [];
    case 'callblock':
      return [statement.call];
    case 'do':
    case 'output':
    case 'set':
      return [statement.value];
    case 'extends':
    case 'from':
    case 'import':
    case 'include':
      return [statement.template];
    case 'filterblock':
      return [statement.filter];
    case 'for':
      return [statement.items];
    case 'if':
      return [statement.branches[0]?.test];
    case 'with':
      return statement.targets.map(({ value }) => value);
    default:
      return statement satisfies never;
  }
}

/** All `elif` are one branch, as they are in Jinja2's tree. */
function visitBranches(statement: Extract<Statement, { readonly kind: 'if' }>, names: ScopeNames): void {
  const [first, ...others] = statement.branches;
  const taken = visitBranch((branch) => visitAll(first?.body ?? [], branch), names);
  const elifs = visitBranch((branch) => {
    for (const { test, body } of others) {
      visitExpression(test, branch);
      mergeBranches(
        [visitBranch((inner) => visitAll(body, inner), branch), makeNames(branch, branch.outer)],
        branch,
      );
    }
  }, names);
  const otherwise = visitBranch((branch) => visitAll(statement.otherwise, branch), names);
  mergeBranches([taken, elifs, otherwise], names);
}

function visitBranch(visit: (branch: ScopeNames) => void, trunk: ScopeNames): ScopeNames {
  const branch = makeNames(trunk, trunk.outer);
  visit(branch);
  return branch;
}

/** What only some branches set is read before, as it may be unset afterwards. */
function mergeBranches(branches: readonly ScopeNames[], names: ScopeNames): void {
  const set = new Set(branches.flatMap(({ stored }) => [...stored]));
  const partly = [...set].filter(
    (name) => !isStored(names, name) && !branches.every(({ stored }) => stored.has(name)),
  );
  for (const branch of branches) {
    for (const name of branch.known) names.known.add(name);
    for (const name of branch.stored) names.stored.add(name);
    for (const [name, isRead] of branch.starts) names.starts.set(name, isRead);
  }
  for (const name of partly) if (!isKnown(names.outer, name)) names.starts.set(name, true);
}

function visitExpressions(expressions: readonly (Expression | undefined)[], names: ScopeNames): void {
  for (const expression of expressions) visitExpression(expression, names);
}

function visitExpression(expression: Expression | undefined, names: ScopeNames): void {
  if (expression === undefined) return;
  if (expression.kind === 'name') read(names, expression.name);
  else visitExpressions(partsOf(expression), names);
}

function partsOf(expression: Expression): readonly (Expression | undefined)[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
    case 'arithmetic':
      return [expression.left, expression.right];
    case 'call':
      return [expression.callee, ...argumentsOf(expression.with)];
    case 'compare':
      return [expression.first, ...expression.rest.map(({ right }) => right)];
    case 'concat':
      return expression.parts;
    case 'condexpr':
      return [expression.test, expression.whenTrue, expression.otherwise];
    case 'const':
    case 'name':
      return [];
    case 'dict':
      return expression.pairs.flatMap(({ key, value }) => [key, value]);
    case 'filter':
    case 'test':
      return [expression.value, ...argumentsOf(expression.with)];
    case 'getattr':
    case 'not':
    case 'unary':
      return [expression.value];
    case 'getitem':
      return [expression.value, expression.key];
    case 'list':
    case 'tuple':
      return expression.items;
    case 'slice':
      return [expression.start, expression.stop, expression.step];
    default:
      return expression satisfies never;
  }
}

function argumentsOf(given: CallArguments): readonly (Expression | undefined)[] {
  return [...given.args, ...given.kwargs.map(({ value }) => value), given.dynArgs, given.dynKwargs];
}
