/** The variables that a template file sees beside those of its task. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { dateOfMilliseconds, formatDate } from '../../../shared/template/date-format.ts';
import { makeDatetime } from '../../../shared/template/datetime.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { str } from '../../../shared/template/python-repr.ts';
import { createEnvironment, dictLayer, type Layer } from '../../../shared/template/scope.ts';
import type { ActionCall } from './action.ts';

/** A template file: its name in the task, its path here, and where its text goes. */
export type TemplatePlace = { readonly name: string; readonly path: string; readonly dest: string };

/** The environment of a template file: variables about the file above all others, its own directory among the searched, no native types. */
export function templateEnvironment(call: ActionCall, place: TemplatePlace): Environment {
  const { env } = call;
  const { scope, ...surroundings } = env;
  const directory = place.path.slice(0, place.path.lastIndexOf('/')) || '/';
  const { names, textsOf } = scope;
  const below = { get: scope.raw ?? scope.resolve, names, ...(textsOf === undefined ? {} : { textsOf }) };
  return createEnvironment([runDateLayer(env), dictLayer(templateVars(call, place)), below], {
    ...surroundings,
    options: { ...env.options, native: false, printsNone: env.options.native },
    searchPath: [...env.searchPath, directory],
  });
}

/** The time of the run: asked for by few templates, and then kept, so that it is the same when they are rendered again. */
function runDateLayer(env: Environment): Layer {
  const name = 'template_run_date';
  let date: Value | undefined;
  const now = (): Value => localTime(Number(env.memory.once('template run date', env.now)));
  return {
    get: (asked) => {
      if (asked !== name) return undefined;
      date ??= now();
      return date;
    },
    names: () => [name],
  };
}

function templateVars({ env, context }: ActionCall, { name, path, dest }: TemplatePlace): Dict {
  const { disk } = context.local;
  const stat = disk.stat(path, true);
  const uid = stat?.uid ?? 0;
  const host = disk.hostName();
  const user = disk.userName(uid) ?? String(uid);
  const modifiedMs = stat?.modifiedMs ?? 0;
  return new Map<Value, Value>([
    ['template_host', host],
    ['template_path', name],
    ['template_mtime', localTime(modifiedMs)],
    ['template_uid', user],
    ['template_destpath', dest === '' ? null : dest],
    ['template_fullpath', path],
    ['ansible_managed', managedText(env, { host, uid: user, file: name }, modifiedMs)],
  ]);
}

function localTime(milliseconds: number): Value {
  const { offsetMinutes: _zone, ...date } = dateOfMilliseconds(Math.floor(milliseconds), false);
  return makeDatetime({ ...date, offsetMinutes: undefined });
}

type ManagedNames = { readonly host: string; readonly uid: string; readonly file: string };

/** `ansible_managed` of ansible.cfg, with its names filled in and then its dates, as of the file's last change. */
function managedText(env: Environment, names: ManagedNames, modifiedMs: number): string {
  const format = str(env.config('DEFAULT_MANAGED_STR') ?? 'Ansible managed');
  const text = format.replace(/\{\{|\}\}|\{(host|uid|file)\}/g, (whole: string, name?: keyof ManagedNames) =>
    name === undefined ? whole.slice(1) : names[name],
  );
  return formatDate(dateOfMilliseconds(Math.floor(modifiedMs), false), text);
}
