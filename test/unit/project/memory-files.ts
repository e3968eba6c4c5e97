/** The files of a project in memory, for tests that need none of the disk. */

import type { ProjectFiles } from '../../../shared/project/files.ts';

export type MemoryProject = {
  /** Texts by absolute path. */
  readonly texts: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly worldWritable?: readonly string[];
  /** What scripts print, by their path and arguments. */
  readonly outputs?: Readonly<Record<string, string>>;
};

/** Files under `/project`, with `/home/user` as home. */
export function memoryFiles(project: MemoryProject): ProjectFiles {
  const { texts, environment = {}, worldWritable = [], outputs = {} } = project;
  const isDirectory = (path: string): boolean =>
    Object.keys(texts).some((name) => name.startsWith(`${path}/`));
  return {
    read: (path) => (texts[path] === undefined ? undefined : new TextEncoder().encode(texts[path])),
    kind: (path) => {
      if (texts[path] === undefined) return isDirectory(path) ? 'directory' : undefined;
      return texts[path].startsWith('#!') ? 'executable' : 'file';
    },
    isWorldWritable: (path) => worldWritable.includes(path),
    list: () => [],
    run: (path, args) => {
      const stdout = outputs[[path, ...args].join(' ')];
      return {
        exitCode: stdout === undefined ? 2 : 0,
        stdout: stdout ?? '',
        stderr: stdout === undefined ? 'unknown' : '',
      };
    },
    environment: (name) => environment[name],
    homeDirectory: '/home/user',
    workingDirectory: '/project',
  };
}
