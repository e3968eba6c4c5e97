/** The engine's entry points: from templates and a scope to Python values. */

import type { Value } from '../base/value.ts';
import type { Environment } from './environment.ts';

/**
 * Renders every template inside `raw` (also in keys), decrypts vaulted scalars, and keeps everything else.
 * A string that is one single expression keeps the type of its value, as Ansible does.
 */
export function renderValue(_raw: Value, _env: Environment): Value {
  throw new Error('the engine is not here yet');
}

/** The value of a bare expression, as `when`, `until` and `loop` conditions are written: without braces. */
export function renderExpression(_expression: string, _env: Environment): Value {
  throw new Error('the engine is not here yet');
}

/** Ansible's rule for one entry of `when`, `changed_when`, `failed_when`, `until` and `assert.that`. */
export function isConditionTrue(_condition: Value, _env: Environment): boolean {
  throw new Error('the engine is not here yet');
}

/** Overrides that the template module and `#jinja2:` headers may set. */
export type FileTemplateOptions = {
  readonly blockStart?: string;
  readonly blockEnd?: string;
  readonly variableStart?: string;
  readonly variableEnd?: string;
  readonly commentStart?: string;
  readonly commentEnd?: string;
  readonly trimBlocks?: boolean;
  readonly lstripBlocks?: boolean;
  readonly keepTrailingNewline?: boolean;
  readonly newlineSequence?: string;
};

/** Renders the text of a template file to a string; `name` stands in error messages. */
export function renderFile(
  _source: string,
  _file: { readonly name: string; readonly options: FileTemplateOptions },
  _env: Environment,
): string {
  throw new Error('the engine is not here yet');
}
