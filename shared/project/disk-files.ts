/** The files of a project on this machine's own disk. */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { limits } from '../base/limits.ts';
import type { ProjectFiles } from './files.ts';

/** What the process was started with. */
export type ProcessSurroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly workingDirectory: string;
};

/** Reads from the disk; scripts run with the process's environment and a deadline. */
export function diskFiles(surroundings: ProcessSurroundings): ProjectFiles {
  return {
    read: (path) => (isReadable(path) ? readFileSync(path) : undefined),
    kind: kindOf,
    isWorldWritable: (path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o002) !== 0,
    list: (path) => (kindOf(path) === 'directory' ? readdirSync(path).sort(byCodePoint) : []),
    run: (path, args, options) => runScript([path, ...args], surroundings.environment, options),
    environment: (name) => surroundings.environment[name],
    homeDirectory: surroundings.homeDirectory,
    workingDirectory: surroundings.workingDirectory,
  };
}

function kindOf(path: string): ReturnType<ProjectFiles['kind']> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (stat.isDirectory()) return 'directory';
  return (stat.mode & 0o111) === 0 ? 'file' : 'executable';
}

function isReadable(path: string): boolean {
  if (kindOf(path) === undefined || kindOf(path) === 'directory') return false;
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function runScript(
  [path = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  options: Parameters<ProjectFiles['run']>[2],
): ReturnType<ProjectFiles['run']> {
  const ended = spawnSync(path, args, {
    env: { ...environment },
    encoding: 'utf8',
    timeout: limits.projectScriptTimeoutMs,
    maxBuffer: limits.projectScriptBytesMax,
    stdio: ['inherit', 'pipe', options?.showsStderr === true ? 'inherit' : 'pipe'],
  });
  const problem = ended.error === undefined ? '' : `${ended.error.message}\n`;
  return {
    exitCode: ended.status ?? 127,
    stdout: ended.stdout ?? '',
    stderr: problem + (ended.stderr ?? ''),
  };
}

function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
