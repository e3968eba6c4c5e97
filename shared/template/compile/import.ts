/** include, import and from … import. */

import type { Value } from '../../base/value.ts';
import { withinBudget } from '../budget.ts';
import { repr, reprText, str } from '../python/repr.ts';
import { PyObject, Undefined } from '../python/special.ts';
import type { Statement } from '../syntax/syntax-tree.ts';
import { type Compiler, compileExpression, placeOf } from './expression.ts';
import { findTemplate, loadTemplate, selectTemplate } from './load-template.ts';
import { Output } from './output.ts';
import {
  type CompiledTemplate,
  type Context,
  type Execute,
  type Frame,
  makeContext,
  runTemplate,
  visibleLocals,
} from './runtime.ts';

type OfKind<Kind extends Statement['kind']> = Extract<Statement, { readonly kind: Kind }>;

/** The include statement. */
export function compileInclude(statement: OfKind<'include'>, compiler: Compiler): Execute {
  const template = compileExpression(statement.template, compiler);
  return (frame, out) => {
    const { engine } = frame.context;
    const named = template(frame);
    const found = statement.isMissingIgnored ? findTemplate(engine, named) : selectTemplate(engine, named);
    if (found !== undefined) run(found, contextFor(found, frame, statement.withContext), out);
    return 0;
  };
}

function contextFor(template: CompiledTemplate, frame: Frame, withContext: boolean): Context {
  const { engine } = frame.context;
  if (!withContext) return makeContext(template, engine, { isIsolated: true });
  return makeContext(template, engine, {
    locals: visibleLocals(frame),
    isIsolated: frame.context.isIsolated,
  });
}

function run(template: CompiledTemplate, context: Context, out: Output): void {
  withinBudget(() => runTemplate(template, context, out));
}

/** The import statement. */
export function compileImport(statement: OfKind<'import'>, compiler: Compiler): Execute {
  const template = compileExpression(statement.template, compiler);
  return (frame) => {
    const found = loadTemplate(frame.context.engine, template(frame));
    frame.vars.set(statement.name, makeModule(found, contextFor(found, frame, statement.withContext)));
    return 0;
  };
}

/** The object behind an imported template: its top-level names as attributes. */
function makeModule(template: CompiledTemplate, context: Context): PyObject {
  const out = new Output();
  run(template, context, out);
  return new PyObject({
    typeName: 'jinja2.environment.TemplateModule',
    str: () => str(context.engine.concat(out)),
    repr: () => `<TemplateModule ${template.name === undefined ? 'memory' : repr(template.name)}>`,
    attribute: (name) => exported(context, name),
  });
}

function exported(context: Context, name: string): Value | undefined {
  return name.startsWith('_') ? undefined : context.vars.get(name);
}

/** The from … import statement. */
export function compileFrom(statement: OfKind<'from'>, compiler: Compiler): Execute {
  const template = compileExpression(statement.template, compiler);
  const place = placeOf(statement, compiler);
  return (frame) => {
    const found = loadTemplate(frame.context.engine, template(frame));
    const context = contextFor(found, frame, statement.withContext);
    run(found, context, new Output());
    for (const { name, alias } of statement.names) {
      const value = exported(context, name);
      frame.vars.set(alias, value === undefined ? notExported(found, name, place) : value);
    }
    return 0;
  };
}

function notExported(template: CompiledTemplate, name: string, place: string): Undefined {
  return new Undefined(
    `the template ${reprText(template.name ?? '')} (imported on ${place}) does not export the requested name ${reprText(name)}`,
    name,
  );
}
