/** The template lookup: the text of a rendered template file. */

import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import { readNative } from '../compile/concat.ts';
import { engineAbove } from '../engine-above.ts';
import type { Environment } from '../environment.ts';
import { ansibleError } from '../filter-error.ts';
import { decodeText } from '../python/codec.ts';
import { guessLiteral } from '../python/literal-eval.ts';
import { directoryName } from '../python/posix-path.ts';
import { str } from '../python/repr.ts';
import { hasMarkers, Markup } from '../python/special.ts';
import type { FileTemplateOptions } from '../syntax/syntax-options.ts';
import { templateFileVars, templateRunDate } from '../template-file-vars.ts';
import { withVariables } from '../with-variables.ts';
import { boolOption, dictOption, type LookupOptions, termText, textOption } from './options.ts';
import { readFound } from './search.ts';

/** The lookup. */
export const templateLookups: readonly Lookup[] = [
  {
    name: 'template',
    call: (env, terms, options) => terms.map((term) => renderTerm(env, termText(term), options)),
  },
];

function renderTerm(env: Environment, name: string, options: LookupOptions): Value {
  const found = readFound(env, 'templates', name);
  if (found === undefined) throw ansibleError(`the template file ${name} could not be found for the lookup`);
  const { path, content } = found;
  const file = { name: path, options: syntaxOptions(options) };
  const source = decodeText(content);
  const inside = templateEnvironment(env, { name, path, options });
  const { text, data } = engineAbove().renderFile(source, file, inside);
  if (text instanceof Markup) return new Markup(text.text, 'verbatim', true);
  const isNative = env.options.native && boolOption(options, 'jinja2_native', false);
  const isConverted = boolOption(options, 'convert_data', true);
  const read = isNative ? readNative : guessLiteral;
  const meant = isConverted && data !== undefined && hasMarkers(source) ? read(data) : text;
  const value = typeof meant === 'string' ? text : meant;
  // Text that is to stay text; data are printed for that, as Python prints them.
  const isText = !isConverted || isNative !== env.options.native;
  return isText ? new Markup(str(value), 'verbatim', true) : value;
}

function syntaxOptions(options: LookupOptions): FileTemplateOptions {
  const given = (name: string, fallback: string): string => textOption(options, name, fallback);
  return {
    variableStart: given('variable_start_string', '{{'),
    variableEnd: given('variable_end_string', '}}'),
    commentStart: given('comment_start_string', '{#'),
    commentEnd: given('comment_end_string', '#}'),
  };
}

type TemplateFile = { readonly name: string; readonly path: string; readonly options: LookupOptions };

const NOTHING_KNOWN = { host: '', owner: '', modifiedMs: 0 };

/** The variables of the task, with those that describe the template and those that the call gave on top. */
function templateEnvironment(env: Environment, { name, path, options }: TemplateFile): Environment {
  const about = env.local.describeFile?.(path) ?? NOTHING_KNOWN;
  const described = templateFileVars(env, { name, path, dest: '' }, about);
  const own = new Map<string, Value>([...described].map(([key, value]) => [str(key), value]));
  own.set('template_run_date', templateRunDate(env));
  const given = dictOption(options, { plugin: 'template', name: 'template_vars' });
  for (const [key, value] of given) own.set(str(key), value);
  return { ...withVariables(env, own), searchPath: [directoryName(path), ...env.searchPath] };
}
