/** What the engine gives for a random case, in the words of the oracle. */

import { isDict, type Value } from '../../shared/base/value.ts';
import { parseYamlText } from '../../shared/project/yaml-text.ts';
import { loadJson } from '../../shared/template/formats/json.ts';
import { repr } from '../../shared/template/python/repr.ts';
import { asTemplate } from '../../shared/template/python/special.ts';
import { isConditionTrue, renderFile, renderValue } from '../../shared/template/render.ts';
import { createEnvironment, dictLayer } from '../../shared/template/scope.ts';
import type { FileTemplateOptions } from '../../shared/template/syntax/syntax-options.ts';
import { TemplateError } from '../../shared/template/template-error.ts';
import { makeEnvironment } from '../unit/template/recorded-cases.ts';
import type { Setting } from './cases.ts';

/** A case as text. */
export type TextCase = {
  readonly setting: Setting;
  readonly template: string;
  readonly variables: string;
  /** Templates that it includes, imports or extends. */
  readonly files: Readonly<Record<string, string>>;
};

/** The value as Python prints it, an error, or why there is no answer. */
export type Answer = {
  readonly value?: string;
  readonly error?: readonly [string, string];
  readonly skipped?: string;
};

/** Renders with the engine of this project. */
export function renderOurs({ setting, template, variables, files }: TextCase): Answer {
  const base = makeEnvironment({}, files, setting.native);
  const layer = dictLayer(new Map(Object.entries(readVariables(variables))));
  const env = createEnvironment([layer], { ...base, parseYaml: parseYamlText });
  try {
    if (setting.kind === 'condition') return { value: repr(isConditionTrue(asTemplate(template), env)) };
    if (setting.kind === 'file') {
      return { value: repr(renderFile(template, { name: 'case.j2', options: fileOptions(setting) }, env)) };
    }
    return { value: repr(renderValue(asTemplate(template), env)) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { error: [error.pythonType.replace(/^.*\./, ''), error.message] };
  }
}

function fileOptions({ options }: Setting): FileTemplateOptions {
  return { trimBlocks: options?.trim_blocks ?? true, lstripBlocks: options?.lstrip_blocks ?? false };
}

function readVariables(text: string): Record<string, Value> {
  const value = loadJson(text);
  if (!isDict(value)) throw new Error('the variables are no object');
  return Object.fromEntries([...value].map(([name, item]) => [String(name), withTemplates(item)]));
}

function withTemplates(value: Value): Value {
  if (typeof value === 'string') return asTemplate(value);
  if (Array.isArray(value)) return value.map(withTemplates);
  return isDict(value) ? new Map([...value].map(([key, item]) => [key, withTemplates(item)])) : value;
}
