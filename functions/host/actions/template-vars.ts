/** The environment in which the template module renders a file. */

import type { Value } from '../../../shared/base/value.ts';
import type { Environment, FileDescription } from '../../../shared/template/environment.ts';
import { createEnvironment, dictLayer, type Layer } from '../../../shared/template/scope.ts';
import {
  type TemplatePlace,
  templateFileVars,
  templateRunDate,
} from '../../../shared/template/template-file-vars.ts';
import type { ActionCall } from './action.ts';

/** The environment of a template file: variables about the file above all others, its own directory among the searched, no native types. */
export function templateEnvironment(call: ActionCall, place: TemplatePlace): Environment {
  const { env } = call;
  const { scope, ...surroundings } = env;
  const directory = place.path.slice(0, place.path.lastIndexOf('/')) || '/';
  const { names, textsOf } = scope;
  const below = { get: scope.raw ?? scope.resolve, names, ...(textsOf === undefined ? {} : { textsOf }) };
  const own = templateFileVars(env, place, aboutFile(call, place.path));
  return createEnvironment([runDateLayer(env), dictLayer(own), below], {
    ...surroundings,
    options: { ...env.options, native: false, printsNone: env.options.native },
    searchPath: [...env.searchPath, directory],
  });
}

/** The time of the run: asked for by few templates, and then kept, so that it is the same when they are rendered again. */
function runDateLayer(env: Environment): Layer {
  const name = 'template_run_date';
  let date: Value | undefined;
  return {
    get: (asked) => {
      if (asked !== name) return undefined;
      date ??= templateRunDate(env);
      return date;
    },
    names: () => [name],
  };
}

function aboutFile({ context }: ActionCall, path: string): FileDescription {
  const { disk } = context.local;
  const stat = disk.stat(path, true);
  const uid = stat?.uid ?? 0;
  return {
    host: disk.hostName(),
    owner: disk.userName(uid) ?? String(uid),
    modifiedMs: stat?.modifiedMs ?? 0,
  };
}
