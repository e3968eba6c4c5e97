/** The specs of the parsers of ansible.netcommon: a YAML file with templates for what is to be made of each match. */

import type { Dict, Value } from '../../base/value.ts';
import { engineAbove } from '../engine-above.ts';
import type { Environment } from '../environment.ts';
import { ansibleError } from '../filter-error.ts';
import { decodeText } from '../python/codec.ts';
import { dictSet } from '../python/dict-key.ts';
import { literalEval } from '../python/literal-eval.ts';
import { str } from '../python/repr.ts';
import { asDict, asText, force, isTrue } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';
import { withOnlyVariables } from '../with-variables.ts';
import { absolute } from './path.ts';

/** What one key of a spec says. */
export type ParseSpec = { readonly name: string; readonly attributes: Dict; readonly value: Value };

/** The text of a template file. */
export function readTemplate(env: Environment, filter: string, name: string): string {
  const content = env.local.readFile(absolute(env, name));
  if (content === undefined) throw ansibleError(`unable to locate ${filter} template: ${name}`);
  return decodeText(content);
}

/** The keys of a spec, in their order, with what its variables give. */
export function readSpec(env: Environment, filter: string, name: string): ParseSpec[] {
  const spec = asDict(env.parseYaml(readTemplate(env, filter, name))[0] ?? null);
  const keys = asDict(spec?.get('keys') ?? null);
  if (spec === undefined || keys === undefined) {
    throw ansibleError(`${filter}: the template ${name} has no keys`);
  }
  const variables = asDict(spec.get('vars') ?? null) ?? new Map<Value, Value>();
  return [...keys].map(([key, raw]) => {
    const attributes = asDict(force(raw)) ?? new Map<Value, Value>();
    const written = attributes.get('value') ?? null;
    return { name: str(key), attributes, value: filledNow(env, written, variables) };
  });
}

/** A template that needs a match stays as it is until there is one. */
function filledNow(env: Environment, value: Value, variables: Dict): Value {
  try {
    return fill(env, value, variables);
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind === 'limit') throw error;
    return value;
  }
}

/** The rendered value as the Python literal that it is, else as text; nothing for an empty text. */
export function fill(env: Environment, value: Value, variables: Dict): Value {
  const source = asText(force(value));
  if (source === undefined || !/\{[{%#]/.test(source)) return force(value);
  const made = engineAbove().run(source, withOnlyVariables(env, variables));
  const text = asText(made);
  if (text === undefined) return made;
  return text === '' ? null : (literalEval(text, false) ?? text);
}

/** A dict of entries that were computed. */
export function dictOf(entries: Iterable<readonly [Value, Value]>): Dict {
  const made: Dict = new Map();
  for (const [key, value] of entries) dictSet(made, key, value);
  return made;
}

/** Whether the condition of the spec holds for what was made of a match. */
export function isWanted(env: Environment, spec: ParseSpec, item: Value): boolean {
  const when = force(spec.attributes.get('when') ?? null);
  if (!isTrue(when)) return true;
  const condition = `{% if ${str(when)} %}True{% else %}False{% endif %}`;
  return isTrue(fill(env, condition, new Map([['item', item]])));
}
