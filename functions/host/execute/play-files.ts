/** `vars_files` of a play for one host: names rendered, the first of each list that is there, loaded raw. */

import { isAbsolute, join } from 'node:path';
import { RunAbort } from '../../../shared/base/abort.ts';
import type { Diagnostic } from '../../../shared/base/diagnostic.ts';
import { JsonError, parseJson } from '../../../shared/base/json.ts';
import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { loadYaml } from '../../../shared/project/yaml.ts';
import { yamlTypePath } from '../../../shared/project/yaml-type-name.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { missingFile } from '../actions/find-source.ts';
import { whereabouts } from './explain-error.ts';
import type { PlayContext } from './play-context.ts';

/** The dicts of `vars_files`, the last file first: it wins. */
export function loadPlayFiles(context: PlayContext, env: Environment): readonly Dict[] {
  const dicts: Dict[] = [];
  for (const entry of context.play.varsFiles) {
    const loaded = firstFile(Array.isArray(entry) ? entry : [entry], context, env);
    if (loaded !== undefined) dicts.unshift(loaded);
  }
  return dicts;
}

function firstFile(names: readonly Value[], context: PlayContext, env: Environment): Dict | undefined {
  let missing = '';
  for (const raw of names) {
    const name = nameOf(raw, env);
    if (name === undefined) return undefined;
    const path = findFile(name, context);
    if (path !== undefined) return readVars(path, context);
    missing = name;
  }
  throw new RunAbort(`vars file ${missing} was not found\n${missingFile(undefined, [])}`);
}

/** The rendered name; undefined while facts that it needs are not gathered. */
function nameOf(raw: Value, env: Environment): string | undefined {
  try {
    return str(renderValue(raw, env));
  } catch (error) {
    if (error instanceof TemplateError && error.kind === 'undefined') return undefined;
    throw error;
  }
}

function findFile(name: string, context: PlayContext): string | undefined {
  const { directory } = context.play;
  const candidates = isAbsolute(name) ? [name] : [join(directory, 'vars', name), join(directory, name)];
  return candidates.find((path) => context.local.stat(path, true)?.kind === 'file');
}

/** The variables of a file; of a list of dicts, the later ones win. */
function readVars(path: string, context: PlayContext): Dict {
  const text = new TextDecoder().decode(context.local.readFile(path) ?? new Uint8Array());
  const { value, diagnostics } = loadYaml(text, path);
  const problem = diagnostics.find((diagnostic) => diagnostic.severity === 'error');
  if (problem !== undefined) throw unreadable(problem, text, context);
  if (value === null) return new Map();
  const vars: Dict = new Map();
  for (const part of Array.isArray(value) ? value : [value]) {
    if (!isDict(part)) {
      const shown = `${str(value)} (<class '${yamlTypePath(value)}'>)`;
      throw new RunAbort(
        `variable files must contain either a dictionary of variables, or a list of dictionaries. Got: ${shown}`,
      );
    }
    for (const [name, item] of part) vars.set(name, item);
  }
  return vars;
}

function unreadable({ message, position }: Diagnostic, text: string, context: PlayContext): RunAbort {
  const place = position === undefined ? '' : whereabouts(position, context).trimEnd();
  const problem = message.replace(
    /^Syntax Error while loading YAML: /,
    'Syntax Error while loading YAML.\n  ',
  );
  return new RunAbort(
    `We were unable to read either as JSON nor YAML, these are the errors we got from each:\nJSON: ${jsonProblem(text)}\n\n${problem}${place}`,
    { isParserError: true },
  );
}

function jsonProblem(text: string): string {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return error.message;
    throw error;
  }
  return '';
}
