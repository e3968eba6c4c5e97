/** Finds the templates that include, import and extends name. */

import type { Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import { dictKey } from '../python/dict-key.ts';
import { pythonError, undefinedError } from '../python/error.ts';
import { Undefined } from '../python/special.ts';
import { asText, force, isTrue, iterate, typeName } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';
import type { CompiledTemplate, Engine } from './runtime.ts';

/** Finding and reading a file takes longer than other steps. */
const STEPS_OF_A_FILE = 100;

/** The template of a name, as import and extends have it; raises TemplateNotFound. */
export function loadTemplate(engine: Engine, named: Value): CompiledTemplate {
  const template = findNamed(engine, named);
  if (template === undefined) throw pythonError('TemplateNotFound', asText(named) ?? '');
  return template;
}

/** The template of a name, or the first that there is of those in a list, as include has it; raises TemplateNotFound. */
export function selectTemplate(engine: Engine, named: Value): CompiledTemplate {
  const settled = force(named);
  if (settled instanceof Undefined) throw undefinedError(settled);
  if (asText(settled) !== undefined) return loadTemplate(engine, settled);
  if (!isTrue(settled)) {
    throw pythonError('TemplatesNotFound', 'Tried to select from an empty list of templates.');
  }
  const tried: string[] = [];
  for (const item of iterate(settled)) {
    const name = force(item);
    const template = name instanceof Undefined ? undefined : findNamed(engine, name);
    if (template !== undefined) return template;
    tried.push(name instanceof Undefined ? name.message : (asText(name) ?? ''));
  }
  throw pythonError('TemplatesNotFound', `none of the templates given were found: ${tried.join(', ')}`);
}

/** As {@link selectTemplate}, but undefined when there is none. */
export function findTemplate(engine: Engine, named: Value): CompiledTemplate | undefined {
  try {
    return selectTemplate(engine, named);
  } catch (error) {
    if (error instanceof TemplateError && /^Templates?NotFound$/.test(error.pythonType)) return undefined;
    throw error;
  }
}

function findNamed(engine: Engine, named: Value): CompiledTemplate | undefined {
  const settled = force(named);
  const name = asText(settled);
  if (name !== undefined) {
    countVisit(STEPS_OF_A_FILE);
    return engine.getTemplate(name);
  }
  dictKey(settled);
  throw pythonError('AttributeError', `'${typeName(settled)}' object has no attribute 'split'`);
}
