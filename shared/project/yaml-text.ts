/** Reads YAML that a template hands over (`from_yaml`): all documents, strings plain. */

import type { Value } from '../base/value.ts';
import { Template } from '../template/python/special.ts';
import { TemplateError } from '../template/template-error.ts';
import { loadYaml } from './yaml.ts';

/** The documents of a text. Throws TemplateError in PyYAML's words. */
export function parseYamlText(text: string): readonly Value[] {
  return splitDocuments(text).map((document) => {
    const { value, diagnostics } = loadYaml(document, '<unicode string>');
    const problem = diagnostics.find((diagnostic) => diagnostic.severity === 'error');
    if (problem !== undefined) throw new TemplateError('runtime', 'YAMLError', problem.message);
    return plain(value);
  });
}

/** Splits at document markers that stand on lines of their own. */
function splitDocuments(text: string): readonly string[] {
  const parts = text.split(/^---(?=\s|$)/m);
  const documents = parts.map((part) => part.replace(/^\.\.\.\s*$/m, ''));
  const [first, ...rest] = documents;
  if (rest.length === 0) return [text];
  return first === undefined || first.trim() === '' ? rest : documents;
}

function plain(value: Value): Value {
  if (value instanceof Template) return value.source;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [plain(key), plain(each)]));
  return value;
}
