/** Finds the templates that include, import and extends name. */

import type { Value } from '../base/value.ts';
import { pythonError, undefinedError } from './python-error.ts';
import { str } from './python-repr.ts';
import type { CompiledTemplate, Engine } from './runtime.ts';
import { Undefined } from './special.ts';
import { asSequence, asText } from './values.ts';

/** The first template of a name, or of a list of names, that there is; raises TemplateNotFound. */
export function loadTemplate(engine: Engine, named: Value): CompiledTemplate {
  const template = findTemplate(engine, named);
  if (template !== undefined) return template;
  if (asSequence(named) === undefined) throw pythonError('TemplateNotFound', str(named));
  const names = (asSequence(named) ?? []).map(str).join(', ');
  throw pythonError('TemplatesNotFound', `none of the templates given were found: ${names}`);
}

/** As {@link loadTemplate}, but undefined when there is none. */
export function findTemplate(engine: Engine, named: Value): CompiledTemplate | undefined {
  if (named instanceof Undefined) throw undefinedError(named);
  const names = asSequence(named) ?? [named];
  for (const name of names) {
    const template = engine.getTemplate(asText(name) ?? str(name));
    if (template !== undefined) return template;
  }
  return undefined;
}
