/** Blocks, `super()`, `self`, and templates that extend others. */

import type { Value } from '../../base/value.ts';
import { boundMethod } from '../python/bind-arguments.ts';
import { pythonError, typeError } from '../python/error.ts';
import { reprText } from '../python/repr.ts';
import { PyCallable, PyObject, Undefined } from '../python/special.ts';
import type { Statement } from '../syntax/syntax-tree.ts';
import { allStatements } from '../syntax/walk-statements.ts';
import { TemplateError } from '../template-error.ts';
import { loadTemplate } from './load-template.ts';
import { Output } from './output.ts';
import type { CompiledBlock, Context, Evaluate, Execute, Frame } from './runtime.ts';

/** Refuses two blocks of one name, before all that can be wrong inside of statements. */
export function checkBlockNames(statements: readonly Statement[], source: string): void {
  const names = new Set<string>();
  for (const statement of allStatements(statements)) {
    if (statement.kind !== 'block') continue;
    const { name, line } = statement;
    if (names.has(name)) {
      const message = `block ${reprText(name)} defined twice`;
      throw new TemplateError('syntax', 'TemplateAssertionError', message, { source, line });
    }
    names.add(name);
  }
}

/** A block where it stands: prints the most derived version of itself. */
export function compileBlock(
  statement: Extract<Statement, { readonly kind: 'block' }>,
  run: Execute,
  compiler: { readonly blocks: Map<string, CompiledBlock> },
): Execute {
  const { name, isScoped, isRequired } = statement;
  compiler.blocks.set(name, { name, isRequired, run });
  return (frame, out) => {
    const { context } = frame;
    if (context.parent !== undefined) return 0;
    const [block] = context.blocks.get(name) ?? [];
    if (block === undefined) return 0;
    if (block.isRequired)
      throw pythonError('TemplateRuntimeError', `Required block ${reprText(name)} not found`);
    return runBlock(context, name, { index: 0, outer: isScoped ? frame : undefined, out });
  };
}

type BlockRun = { readonly index: number; readonly outer: Frame | undefined; readonly out: Output };

function runBlock(context: Context, name: string, run: BlockRun): 0 {
  const block = context.blocks.get(name)?.[run.index];
  if (block === undefined) return 0;
  const frame: Frame = {
    context: { ...context, parent: undefined },
    vars: new Map([['super', superOf(context, name, run)]]),
    outer: run.outer,
  };
  block.run(frame, run.out);
  return 0;
}

function superOf(context: Context, name: string, run: BlockRun): Value {
  const index = run.index + 1;
  if (context.blocks.get(name)?.[index] === undefined) {
    return new Undefined(`there is no parent block called ${reprText(name)}.`, 'super');
  }
  return blockReference(context, name, { ...run, index });
}

function blockReference(context: Context, name: string, run: BlockRun): PyCallable {
  const { call } = boundMethod('BlockReference.__call__', '', () => {
    const out = new Output();
    runBlock(context, name, { ...run, out });
    return join(out);
  });
  return new PyCallable(name, call, (attribute) =>
    attribute === 'super' ? superOf(context, name, run) : undefined,
  );
}

function join(out: Output): string {
  const { misfit } = out;
  if (misfit === undefined) return out.text;
  throw typeError(`sequence item ${misfit.index}: expected str instance, ${misfit.typeName} found`);
}

/** The `self` of a template: its blocks as functions. */
export function selfOf(context: Context): Value {
  const reference = (name: string): Value | undefined =>
    context.blocks.has(name)
      ? blockReference(context, name, { index: 0, outer: undefined, out: new Output() })
      : undefined;
  return new PyObject({
    typeName: 'jinja2.runtime.TemplateReference',
    str: () => `<TemplateReference ${context.name === undefined ? 'None' : reprText(context.name)}>`,
    attribute: reference,
    item: (key) => (typeof key === 'string' ? reference(key) : undefined),
  });
}

/** The extends statement: from here on the parent prints, with this template's blocks before its own. */
export function runExtends(template: Evaluate): Execute {
  return (frame) => {
    const { context } = frame;
    if (context.parent !== undefined) throw pythonError('TemplateRuntimeError', 'extended multiple times');
    const parent = loadTemplate(context.engine, template(frame));
    for (const [name, block] of parent.blocks) {
      const known = context.blocks.get(name);
      if (known === undefined) context.blocks.set(name, [block]);
      else known.push(block);
    }
    context.parent = parent;
    return 0;
  };
}
