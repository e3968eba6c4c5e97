/** This machine as lookups and actions see it: its files, environment and shell. */

import { spawn } from 'node:child_process';
import {
  chmodSync,
  globSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../shared/base/clock.ts';
import { openAwsValues } from '../../../shared/secrets/aws-values.ts';
import type { LocalPort, LocalStat } from '../../../shared/template/environment.ts';
import { fileProblem } from '../actions/action-fail.ts';
import type { LocalMachine, Terminal } from '../execute/play-context.ts';
import { walkTree } from './file-tree.ts';
import { describeFile, localDisk } from './local-disk.ts';

export type LocalMachineDeps = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Opens vaulted files, or throws TemplateError. */
  readonly decrypt: (content: Uint8Array, path: string) => Uint8Array;
  readonly terminal: Terminal;
  /** In a function: where its own secrets lie, which lookups do not give. */
  readonly ownSecrets?: string;
};

/** The port over the real disk and processes. */
export function localMachine(deps: LocalMachineDeps): LocalMachine {
  const { environment, decrypt, terminal } = deps;
  const aws = openAwsValues({ clock: systemClock, own: deps.ownSecrets });
  return {
    readFile: (path) => {
      const kind = statOf(path, true)?.kind;
      if (kind === undefined || kind === 'directory') return undefined;
      return decrypt(
        tried(path, () => readFileSync(path)),
        path,
      );
    },
    writeFile: (path, content, mode) => {
      tried(path, () => {
        // Only the innermost directory is private, as when Python makes them.
        mkdirSync(dirname(dirname(path)), { recursive: true });
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        writeFileSync(path, content);
        chmodSync(path, mode);
      });
    },
    stat: statOf,
    glob: (pattern) => globSync(pattern).toSorted(),
    walk: walkTree,
    environment: (name) => environment[name],
    realPath,
    run: (command, cwd) => runShell(command, cwd, environment),
    isResolvable: async (host) => (await import('./resolve-host.ts')).isResolvable(host),
    // Node's HTTP takes 20 ms to load, which few runs need.
    fetch: async (request) => (await import('./fetch-url.ts')).fetchUrl(request),
    aws: () => aws,
    describeFile,
    disk: localDisk(systemClock.randomBytes),
    terminal,
  };
}

/** What `work` gives; what the system refuses becomes an error of the template. */
function tried<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fileProblem(error, path);
  }
}

function statOf(path: string, followLinks: boolean): LocalStat | undefined {
  const options = { throwIfNoEntry: false } as const;
  const stat = followLinks ? statSync(path, options) : lstatSync(path, options);
  if (stat === undefined) return undefined;
  const kind = stat.isFile()
    ? 'file'
    : stat.isDirectory()
      ? 'directory'
      : stat.isSymbolicLink()
        ? 'link'
        : 'other';
  return { kind, size: stat.size, inode: stat.ino, device: stat.dev };
}

/** Follows links as far as the path exists; the rest stays as it is. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path
      ? path
      : join(realPath(parent), path.slice(parent.length + (parent === '/' ? 0 : 1)));
  }
}

function runShell(
  command: string,
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
): ReturnType<LocalPort['run']> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd,
      env: { ...environment },
      stdio: ['inherit', 'pipe', 'inherit'],
    });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? 1, stdout: Buffer.concat(pieces) }));
  });
}
