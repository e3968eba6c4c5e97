/** All statements of a piece of a template, however deep, and the names that they assign. */

import type { Statement, Target } from './syntax-tree.ts';

/** Each statement, and all within it. */
export function* allStatements(statements: readonly Statement[]): Generator<Statement> {
  for (const statement of statements) {
    yield statement;
    for (const body of bodiesOf(statement)) yield* allStatements(body);
  }
}

function bodiesOf(statement: Statement): readonly (readonly Statement[])[] {
  if (statement.kind === 'if')
    return [...statement.branches.map((branch) => branch.body), statement.otherwise];
  if (statement.kind === 'for') return [statement.body, statement.otherwise];
  return 'body' in statement ? [statement.body] : [];
}

/** Names that statements give without naming them. */
const GIVEN = ['caller', 'kwargs', 'loop', 'super', 'varargs'];

/** All names that some statement assigns: any other name is a variable from outside wherever it stands. */
export function findAssigned(statements: readonly Statement[]): Set<string> {
  const names = new Set(GIVEN);
  for (const statement of allStatements(statements))
    for (const name of assignedBy(statement)) names.add(name);
  return names;
}

function assignedBy(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case 'for':
    case 'set':
    case 'setblock':
      return targetNames(statement.target);
    case 'with':
      return statement.targets.flatMap(({ target }) => targetNames(target));
    case 'macro':
      return [statement.name, ...statement.parameters.map(({ name }) => name)];
    case 'callblock':
      return statement.parameters.map(({ name }) => name);
    case 'import':
      return [statement.name];
    case 'from':
      return statement.names.map(({ alias }) => alias);
    default:
      return [];
  }
}

/** Whether a statement sets the name that for statements keep for themselves. */
export function assignsLoop(statements: readonly Statement[]): boolean {
  for (const statement of allStatements(statements)) {
    if ('target' in statement && targetNames(statement.target).includes('loop')) return true;
  }
  return false;
}

/** The names that a target sets. */
export function targetNames(target: Target): readonly string[] {
  if (target.kind === 'tuple') return target.items.flatMap(targetNames);
  return target.kind === 'name' ? [target.name] : [];
}
