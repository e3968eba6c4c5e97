/** The variables that a template file sees beside those of its task: what describes the file itself. */

import type { Dict, Value } from '../base/value.ts';
import { dateOfMilliseconds, formatDate } from './dates/date-format.ts';
import { makeDatetime } from './dates/datetime.ts';
import type { Environment, FileDescription } from './environment.ts';
import { str } from './python/repr.ts';

/** A template file: its name in the task, its path here, and where its text goes. */
export type TemplatePlace = { readonly name: string; readonly path: string; readonly dest: string };

/** `template_host`, `ansible_managed` and so on; without `template_run_date`, which few ask for. */
export function templateFileVars(env: Environment, place: TemplatePlace, about: FileDescription): Dict {
  const { dest, name, path } = place;
  return new Map<Value, Value>([
    ['template_host', about.host],
    ['template_path', name],
    ['template_mtime', localTime(about.modifiedMs)],
    ['template_uid', about.owner],
    ['template_destpath', dest === '' ? null : dest],
    ['template_fullpath', path],
    ['ansible_managed', managedText(env, name, about)],
  ]);
}

/** The time of the run, the same whenever it is asked for. */
export function templateRunDate(env: Environment): Value {
  return localTime(Number(env.memory.once('template run date', env.now)));
}

function localTime(milliseconds: number): Value {
  const { offsetMinutes: _zone, ...date } = dateOfMilliseconds(Math.floor(milliseconds), false);
  return makeDatetime({ ...date, offsetMinutes: undefined });
}

/** `ansible_managed` of ansible.cfg, with its names filled in and then its dates, as of the file's last change. */
function managedText(env: Environment, file: string, { host, modifiedMs, owner }: FileDescription): string {
  const format = str(env.config('DEFAULT_MANAGED_STR') ?? 'Ansible managed');
  const names: Readonly<Record<string, string>> = { host, uid: owner, file };
  const text = format.replace(/\{\{|\}\}|\{(host|uid|file)\}/g, (whole: string, name?: string) =>
    name === undefined ? whole.slice(1) : (names[name] ?? ''),
  );
  return formatDate(dateOfMilliseconds(Math.floor(modifiedMs), false), text);
}
