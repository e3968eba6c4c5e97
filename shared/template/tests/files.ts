/** Ansible's tests of files on the machine that runs the playbook. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment, LocalStat } from '../environment.ts';
import { className } from '../filter-error.ts';
import { pathText } from '../filters/path.ts';
import { pythonError, typeError } from '../python/error.ts';
import { directoryName } from '../python/posix-path.ts';
import { reprText } from '../python/repr.ts';
import { PyBytes } from '../python/special.ts';
import { asInt, asText, force } from '../python/values.ts';

type FileCheck = (env: Environment, path: string) => boolean;

/** A test of what a path leads to; Python takes an int for an open file, and there is none that a template could mean. */
function fileTest(names: readonly string[], is: FileCheck): Builtin[] {
  return names.map((name) => ({
    name,
    signature: '',
    call: (env, value) => {
      if (asInt(force(value)) !== undefined) return false;
      return is(env, statPath(value, STAT));
    },
  }));
}

/** A test of what stands at a path itself. */
function entryTest(names: readonly string[], is: FileCheck): Builtin[] {
  return names.map((name) => ({
    name,
    signature: '',
    call: (env, value) => is(env, statPath(value, 'lstat: path should be string, bytes or os.PathLike')),
  }));
}

const STAT = 'stat: path should be string, bytes, os.PathLike or integer';

function statPath(value: Value, otherwise: string): string {
  const path = force(value);
  if (asText(path) !== undefined || path instanceof PyBytes) return pathText(path);
  throw typeError(`${otherwise}, not ${className(path)}`);
}

function kindOf(kind: LocalStat['kind'], follow: boolean): FileCheck {
  return (env, path) => env.local.stat(path, follow)?.kind === kind;
}

/** File tests. */
export const fileTests: readonly Builtin[] = [
  ...fileTest(['directory', 'is_dir'], kindOf('directory', true)),
  ...fileTest(['file', 'is_file'], kindOf('file', true)),
  ...entryTest(['link', 'is_link'], kindOf('link', false)),
  ...fileTest(['exists'], (env, path) => env.local.stat(path, true) !== undefined),
  ...entryTest(['link_exists'], (env, path) => env.local.stat(path, false) !== undefined),
  ...['abs', 'is_abs'].map((name) => ({
    name,
    signature: '',
    call: (_env: Environment, value: Value) => isAbsolute(force(value)),
  })),
  ...entryTest(['mount', 'is_mount'], isMount),
  { name: 'same_file', signature: 'f2', call: sameFile },
  { name: 'is_same_file', signature: 'f2', call: sameFile },
];

function isAbsolute(path: Value): boolean {
  return path instanceof PyBytes ? path.bytes[0] === 0x2f : pathText(path).startsWith('/');
}

function isMount(env: Environment, path: string): boolean {
  const here = env.local.stat(path, false);
  if (here === undefined || here.kind === 'link') return false;
  const real = env.local.realPath(path);
  const parent = env.local.stat(directoryName(real), false);
  return parent !== undefined && (here.device !== parent.device || here.inode === parent.inode);
}

function sameFile(env: Environment, value: Value, other: Value = ''): Value {
  const [a, b] = [value, other].map((file) => {
    const path = statPath(file, STAT);
    const stat = env.local.stat(path, true);
    if (stat === undefined) {
      throw pythonError('FileNotFoundError', `[Errno 2] No such file or directory: ${reprText(path)}`);
    }
    return stat;
  });
  return a?.device === b?.device && a?.inode === b?.inode;
}
