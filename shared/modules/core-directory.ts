/** Finds the machine's ansible-core: the directory with the content of the `ansible` package. */

import { join } from 'node:path';

/** The machine as this search sees it; made at the edge. */
export type CoreDeps = {
  /** Names in a directory; empty when there is none. */
  readonly list: (path: string) => readonly string[];
  readonly homeDirectory: string;
  /** SORTIE_ANSIBLE_CORE: then nothing else is looked at. */
  readonly named: string | undefined;
  /** What `python3` prints for this program, or undefined; asked last, because it takes time. */
  readonly askPython: (program: string) => string | undefined;
};

const PROGRAM =
  'import importlib.util as u; s = u.find_spec("ansible"); print(s.submodule_search_locations[0])';

/** Returns the directory, or undefined when the machine has none; then only modules from elsewhere can be used. */
export function findCoreDirectory(deps: CoreDeps): string | undefined {
  const isCore = (path: string): boolean => deps.list(join(path, 'module_utils')).includes('basic.py');
  if (deps.named !== undefined) {
    return [deps.named, join(deps.named, 'ansible')].find(isCore);
  }
  const found = packagePlaces(deps).find(isCore);
  if (found !== undefined) return found;
  const asked = deps.askPython(PROGRAM)?.trim();
  return asked !== undefined && isCore(asked) ? asked : undefined;
}

/** Where distributions, pip and pipx put Python packages. */
function packagePlaces({ list, homeDirectory }: CoreDeps): readonly string[] {
  const pipx = join(homeDirectory, '.local/share/pipx/venvs');
  const venvs = list(pipx).filter((name) => name.startsWith('ansible'));
  const libraries = [
    ...venvs.map((name) => join(pipx, name, 'lib')),
    join(homeDirectory, '.local/lib'),
    '/usr/local/lib',
    '/usr/lib',
  ];
  return libraries.flatMap((library) =>
    list(library)
      .filter((name) => name.startsWith('python3'))
      .flatMap((name) => [
        join(library, name, 'site-packages/ansible'),
        join(library, name, 'dist-packages/ansible'),
      ]),
  );
}
