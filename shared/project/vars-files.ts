/** The files of `vars_files`: where they are searched, and the variables in them. */

import { dirname, isAbsolute, join } from 'node:path';
import type { Checked, Diagnostic } from '../base/diagnostic.ts';
import { type Dict, isDict } from '../base/value.ts';
import { type LoadDeps, readTree, report } from './loading.ts';
import type { Play } from './model.ts';

/**
 * The variables of the file called `name` (rendered) in the play's `vars_files`; undefined when there is no such file,
 * so that the next one of a list can be tried.
 */
export function loadVarsFile(
  deps: LoadDeps,
  play: Pick<Play, 'directory' | 'position'>,
  name: string,
): Checked<Dict> | undefined {
  const path = varsFilePlaces(deps, play, name).find((place) => {
    const kind = deps.files.kind(place);
    return kind !== undefined && kind !== 'directory';
  });
  if (path === undefined) return undefined;
  const diagnostics: Diagnostic[] = [];
  const node = readTree({ deps, diagnostics }, path);
  const value: Dict = new Map();
  const parts = node === undefined || node.value === null ? [] : node.kind === 'list' ? node.items : [node];
  for (const part of parts) {
    if (isDict(part.value)) for (const [key, item] of part.value) value.set(key, item);
    else {
      const message =
        'variable files must contain either a dictionary of variables, or a list of dictionaries.';
      report({ diagnostics }, { code: 'file-shape', message, position: part.position });
    }
  }
  return { value, diagnostics };
}

/** Where a file of `vars_files` may be, in the order of the search. */
function varsFilePlaces(
  deps: Pick<LoadDeps, 'files'>,
  play: Pick<Play, 'directory' | 'position'>,
  name: string,
): readonly string[] {
  if (isAbsolute(name)) return [name];
  if (name.startsWith('~/')) return [join(deps.files.homeDirectory, name.slice(2))];
  const directories = [...new Set([dirname(play.position.file), play.directory])];
  const below = name.split('/')[0] === 'vars' ? [] : ['vars'];
  return directories.flatMap((directory) => [
    ...below.map((vars) => join(directory, vars, name)),
    join(directory, name),
  ]);
}
