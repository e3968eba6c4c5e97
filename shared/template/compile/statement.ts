/** Turns statements into closures. */

import type { Value } from '../../base/value.ts';
import { countSteps } from '../budget.ts';
import { str } from '../python/repr.ts';
import { force, isTrue } from '../python/values.ts';
import { findNames } from '../syntax/find-names.ts';
import { namesOfScope, readBefore, type ScopeNames, type ScopeParts } from '../syntax/scope-names.ts';
import type { Parameter, Statement } from '../syntax/syntax-tree.ts';
import { allStatements, findAssigned, targetNames } from '../syntax/walk-statements.ts';
import { assign, checkTarget } from './assign.ts';
import { compileBlock, runExtends } from './block.ts';
import {
  type Compiler,
  compileArguments,
  compileExpression,
  compileFilterOver,
  compileMarked,
} from './expression.ts';
import { compileFor, type ForParts } from './for.ts';
import { compileFrom, compileImport, compileInclude } from './import.ts';
import { type MacroCode, makeMacro } from './macro.ts';
import { Output } from './output.ts';
import {
  type CompiledBlock,
  type CompiledTemplate,
  callValue,
  type Execute,
  innerFrame,
  readAhead,
  runAll,
} from './runtime.ts';

/** What compiling one template gathers: its blocks, by name. */
export type TemplateCompiler = Compiler & {
  readonly blocks: Map<string, CompiledBlock>;
  /** The names of the scope that is compiled. */
  readonly scope: ScopeNames | undefined;
  /** Within what is called or kept: it prints even where the template has given way to the one that it extends. */
  readonly isKept?: boolean;
  /** Whether some statement of the template says what it extends. */
  readonly hasExtends?: boolean;
};

/** A template made ready to run. */
export function compileTemplate(
  statements: readonly Statement[],
  compiler: Omit<Compiler, 'mayAssign'>,
): CompiledTemplate {
  const { name } = compiler;
  const blocks = new Map<string, CompiledBlock>();
  const assigned = findAssigned(statements);
  const run = compileScope(
    { given: ['self'], statements },
    {
      ...compiler,
      blocks,
      scope: undefined,
      hasExtends: [...allStatements(statements)].some(({ kind }) => kind === 'extends'),
      mayAssign: (variable) => assigned.has(variable),
    },
  );
  return { name, blocks, run };
}

/** The statements of a scope of their own: what they ask for is read before the first runs. */
function compileScope(
  parts: ScopeParts & { readonly statements: readonly Statement[] },
  compiler: TemplateCompiler,
): Execute {
  const scope = namesOfScope(parts, compiler.scope);
  const body = compileAll(parts.statements, { ...compiler, scope });
  const reads = readBefore(scope);
  if (reads.length === 0) return (frame, out) => runAll(body, frame, out);
  return (frame, out) => {
    readAhead(reads, frame);
    return runAll(body, frame, out);
  };
}

function compileAll(statements: readonly Statement[], compiler: TemplateCompiler): Execute[] {
  return statements.map((statement) => compileStatement(statement, compiler));
}

type OfKind<Kind extends Statement['kind']> = Extract<Statement, { readonly kind: Kind }>;

function compileStatement(statement: Statement, compiler: TemplateCompiler): Execute {
  switch (statement.kind) {
    case 'block':
      return compileBlock(statement, blockBody(statement, compiler), compiler);
    case 'break':
      return () => 1;
    case 'continue':
      return () => 2;
    case 'callblock':
      return compileCallBlock(statement, compiler);
    case 'do':
      return compileDo(statement, compiler);
    case 'extends':
      return runExtends(compileExpression(statement.template, compiler));
    case 'filterblock':
      return compileFilterBlock(statement, compiler);
    case 'for':
      return compileFor(statement, forParts(statement, compiler));
    case 'from':
      return compileFrom(statement, compiler);
    case 'if':
      return compileIf(statement, compiler);
    case 'import':
      return compileImport(statement, compiler);
    case 'include':
      return compileInclude(statement, compiler);
    case 'macro': {
      const code = macroCode(statement.name, statement, compiler);
      return (frame) => {
        frame.vars.set(statement.name, makeMacro(code, frame));
        return 0;
      };
    }
    case 'output':
      return compileOutput(statement, compiler);
    case 'scope': {
      const body = compileScope({ statements: statement.body }, compiler);
      return (frame, out) => body(innerFrame(frame), out);
    }
    case 'set':
      return compileSet(statement, compiler);
    case 'setblock':
      return compileSetBlock(statement, compiler);
    case 'with':
      return compileWith(statement, compiler);
    default:
      return statement satisfies never;
  }
}

/** A block may stand in the scopes of any template that extends this one or is extended by it. */
function blockBody({ body }: OfKind<'block'>, compiler: TemplateCompiler): Execute {
  return compileScope(
    { given: ['self', 'super'], statements: body },
    { ...compiler, scope: undefined, isKept: true, mayAssign: () => true },
  );
}

function forParts(statement: OfKind<'for'>, compiler: TemplateCompiler): ForParts {
  const { target, items } = statement;
  const given = [...targetNames(target), 'loop'];
  const loopItems = new Map(compiler.loopItems);
  if (target.kind === 'name') loopItems.set(target.name, items);
  const scope = namesOfScope({ given, statements: statement.body }, compiler.scope);
  return {
    compiler,
    reads: readBefore(scope),
    body: compileAll(statement.body, { ...compiler, scope, loopItems }),
    testReads: readBefore(namesOfScope({ given, expressions: [statement.test] }, compiler.scope)),
    otherwise: compileScope({ statements: statement.otherwise }, compiler),
  };
}

function compileDo(statement: OfKind<'do'>, compiler: TemplateCompiler): Execute {
  const value = compileExpression(statement.value, compiler);
  return (frame) => {
    value(frame);
    return 0;
  };
}

function compileSet(statement: OfKind<'set'>, compiler: TemplateCompiler): Execute {
  const value = compileMarked(statement.value, compiler);
  return (frame) => {
    checkTarget(statement.target, frame);
    assign(statement.target, value(frame), frame);
    return 0;
  };
}

function compileOutput(statement: OfKind<'output'>, compiler: TemplateCompiler): Execute {
  const { value } = statement;
  if (compiler.hasExtends === true && compiler.isKept !== true) {
    const print = compileOutput(statement, { ...compiler, isKept: true });
    return (frame, out) => (frame.context.parent === undefined ? print(frame, out) : 0);
  }
  if (value.kind === 'const' && value.value !== null) {
    const text = str(value.value);
    return (_frame, out) => {
      out.append(text);
      return 0;
    };
  }
  const evaluate = compileMarked(value, compiler);
  return (frame, out) => {
    countSteps(1);
    const printed = evaluate(frame);
    out.append(typeof printed === 'string' ? printed : frame.context.engine.finalize(printed));
    return 0;
  };
}

function compileIf(statement: OfKind<'if'>, compiler: TemplateCompiler): Execute {
  const branches = statement.branches.map(({ test, body }) => ({
    test: compileExpression(test, compiler),
    body: compileAll(body, compiler),
  }));
  const otherwise = compileAll(statement.otherwise, compiler);
  return (frame, out) => {
    for (const { test, body } of branches) if (isTrue(test(frame))) return runAll(body, frame, out);
    return runAll(otherwise, frame, out);
  };
}

function compileWith(statement: OfKind<'with'>, compiler: TemplateCompiler): Execute {
  const targets = statement.targets.map(({ target, value }) => ({
    target,
    value: compileExpression(value, compiler),
  }));
  const given = statement.targets.flatMap(({ target }) => targetNames(target));
  const scope = namesOfScope({ given, statements: statement.body }, compiler.scope);
  const reads = readBefore(scope);
  const body = compileAll(statement.body, { ...compiler, scope });
  return (frame, out) => {
    const inner = innerFrame(frame);
    readAhead(reads, inner);
    for (const { target, value } of targets) assign(target, value(frame), inner);
    return runAll(body, inner, out);
  };
}

function compileFilterBlock(statement: OfKind<'filterblock'>, compiler: TemplateCompiler): Execute {
  const body = compileScope({ statements: statement.body }, compiler);
  let printed: Value = '';
  const filter = compileFilterOver(statement.filter, () => printed, compiler);
  return (frame, out) => {
    const inside = new Output();
    const signal = body(innerFrame(frame), inside);
    printed = frame.context.engine.concat(inside);
    out.append(frame.context.engine.finalize(filter(frame)));
    return signal;
  };
}

function compileSetBlock(statement: OfKind<'setblock'>, compiler: TemplateCompiler): Execute {
  const body = compileScope({ statements: statement.body }, { ...compiler, isKept: true });
  let printed: Value = '';
  const filter =
    statement.filter === undefined
      ? (): Value => printed
      : compileFilterOver(statement.filter, () => printed, compiler);
  return (frame) => {
    const inside = new Output();
    const signal = body(innerFrame(frame), inside);
    printed = frame.context.engine.concat(inside);
    assign(statement.target, filter(frame), frame);
    return signal;
  };
}

function macroCode(
  name: string | undefined,
  node: { readonly parameters: readonly Parameter[]; readonly body: readonly Statement[] },
  compiler: TemplateCompiler,
): MacroCode {
  const names = findNames(node.body);
  const taken = new Set(node.parameters.map((parameter) => parameter.name));
  const scope = namesOfScope(
    {
      given: [...taken, 'caller', 'kwargs', 'varargs'],
      expressions: node.parameters.map((parameter) => parameter.default),
      statements: node.body,
    },
    compiler.scope,
  );
  return {
    name,
    reads: readBefore(scope),
    parameters: node.parameters.map((parameter) => ({
      name: parameter.name,
      default: parameter.default === undefined ? undefined : compileExpression(parameter.default, compiler),
    })),
    body: compileAll(node.body, { ...compiler, scope, isKept: true }),
    usesCaller: names.has('caller'),
    usesKwargs: names.has('kwargs') && !taken.has('kwargs'),
    usesVarargs: names.has('varargs') && !taken.has('varargs'),
  };
}

function compileCallBlock(statement: OfKind<'callblock'>, compiler: TemplateCompiler): Execute {
  const code = macroCode(undefined, statement, compiler);
  if (statement.call.kind !== 'call') throw new Error('a call block without a call came out of the parser');
  const callee = compileExpression(statement.call.callee, compiler);
  const given = compileArguments(statement.call.with, compiler);
  return (frame, out) => {
    const called = callee(frame);
    const { args, kwargs } = given(frame);
    const named = new Map(kwargs).set('caller', makeMacro(code, frame));
    out.append(frame.context.engine.finalize(force(callValue(called, args, named))));
    return 0;
  };
}
