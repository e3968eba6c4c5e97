/** `vars_files` of a play for one host: names rendered, the first of each list that is there, loaded raw. */

import { isAbsolute, join } from 'node:path';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { loadYaml } from '../../../shared/project/yaml.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { str } from '../../../shared/template/python-repr.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
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
  throw new TemplateError('runtime', 'AnsibleFileNotFound', `vars file ${missing} was not found`);
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

function readVars(path: string, context: PlayContext): Dict {
  const bytes = context.local.readFile(path) ?? new Uint8Array();
  const loaded = loadYaml(new TextDecoder().decode(bytes), path);
  const [problem] = loaded.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (problem !== undefined) throw new TemplateError('runtime', 'AnsibleParserError', problem.message);
  return loaded.value instanceof Map ? loaded.value : new Map();
}
