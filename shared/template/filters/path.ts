/** Ansible's path filters. They look at the machine that runs the playbook, never at the target. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { className, classText, filterTypeError } from '../filter-error.ts';
import { typeError, undefinedError, valueError } from '../python/error.ts';
import { isHtml } from '../python/markup-text.ts';
import {
  absolutePath,
  baseName,
  directoryName,
  joinPath,
  relativePath,
  splitExtension,
  splitWindowsDrive,
  windowsBaseName,
  windowsDirectoryName,
} from '../python/posix-path.ts';
import { Markup, PyBytes, PyTuple, Undefined } from '../python/special.ts';
import { asText, force, isTrue, iterate, typeName } from '../python/values.ts';
import { isSequence } from './sequence.ts';

/** Path filters. */
export const pathFilters: readonly Builtin[] = [
  { name: 'basename', signature: '', call: (_env, value) => baseName(pathText(value)) },
  { name: 'dirname', signature: '', call: (_env, value) => directoryName(pathText(value)) },
  { name: 'splitext', signature: '', call: (_env, value) => parts(value, splitExtension) },
  { name: 'path_join', signature: '', call: (_env, value) => pathJoin(force(value)) },
  { name: 'expanduser', signature: '', call: (env, value) => expanded(env, value, expandUser) },
  { name: 'expandvars', signature: '', call: (env, value) => expanded(env, value, expandVariables) },
  {
    name: 'realpath',
    signature: '',
    call: (env, value) => env.local.realPath(absolute(env, pathText(value))),
  },
  { name: 'relpath', signature: 'start=None', call: relpath },
  { name: 'win_basename', signature: '', call: (_env, value) => windowsBaseName(pathText(value)) },
  { name: 'win_dirname', signature: '', call: (_env, value) => windowsDirectoryName(pathText(value)) },
  { name: 'win_splitdrive', signature: '', call: (_env, value) => parts(value, splitWindowsDrive) },
  { name: 'fileglob', signature: '', call: (env, value) => fileglob(env, pathText(value)) },
];

/** What a path is split into, of its kind: bytes stay bytes, text that is safe for HTML stays so. */
function parts(value: Value, split: (path: string) => string[]): PyTuple {
  const path = force(value);
  const made = split(path instanceof PyBytes ? Buffer.from(path.bytes).toString('latin1') : pathText(path));
  if (path instanceof PyBytes)
    return new PyTuple(made.map((part) => new PyBytes(Buffer.from(part, 'latin1'))));
  return new PyTuple(isHtml(path) ? made.map((part) => new Markup(part)) : made);
}

/** A path argument as `os.path` takes it. */
export function pathText(value: Value): string {
  const settled = force(value);
  const text = settled instanceof PyBytes ? Buffer.from(settled.bytes).toString('utf8') : asText(settled);
  if (text === undefined) {
    throw typeError(`expected str, bytes or os.PathLike object, not ${className(settled)}`);
  }
  return text;
}

function pathJoin(value: Value): Value {
  if (asText(value) !== undefined) return value;
  if (value instanceof Undefined) throw undefinedError(value);
  if (!isSequence(value)) {
    throw filterTypeError(`|path_join expects string or sequence, got ${classText(value)} instead.`);
  }
  const [first, ...rest] = iterate(value);
  if (first === undefined) throw typeError("join() missing 1 required positional argument: 'a'");
  return joinPath(pathText(first), ...rest.map(partText));
}

function partText(value: Value): string {
  const settled = force(value);
  const text = asText(settled);
  if (text !== undefined) return text;
  throw typeError(`join() argument must be str, bytes, or os.PathLike object, not '${typeName(settled)}'`);
}

/** The path from the working directory of the run. */
export function absolute(env: Environment, path: string): string {
  return absolutePath(path, env.local.environment('PWD') ?? '/');
}

function relpath(env: Environment, value: Value, start: Value = null): Value {
  if (!isTrue(force(value))) throw valueError('no path specified');
  const path = pathText(value);
  const from = start === null ? '.' : pathText(start);
  return relativePath(absolute(env, path), absolute(env, from));
}

/** What `expand` makes of a path; one that it leaves as it is stays the text that it was, with its mark. */
function expanded(env: Environment, value: Value, expand: (env: Environment, path: string) => string): Value {
  const path = pathText(value);
  const made = expand(env, path);
  return made === path && asText(force(value)) !== undefined ? force(value) : made;
}

/** `os.path.expanduser`. */
export function expandUser(env: Environment, path: string): string {
  const found = /^~([^/]*)/.exec(path);
  if (found === null) return path;
  const name = found[1] ?? '';
  const home = name === '' ? (env.local.environment('HOME') ?? homeOf(env, undefined)) : homeOf(env, name);
  if (home === undefined) return path;
  return home.replace(/\/+$/, '') + path.slice(found[0].length) || '/';
}

/** A user's home directory by the password file; without a name, that of root. */
function homeOf(env: Environment, name: string | undefined): string | undefined {
  const passwd = env.local.readFile('/etc/passwd');
  if (passwd === undefined) return undefined;
  const lines = Buffer.from(passwd).toString('utf8').split('\n');
  return lines.map((line) => line.split(':')).find(([user]) => user === (name ?? 'root'))?.[5];
}

function expandVariables(env: Environment, path: string): string {
  const expand = (whole: string, word: string): string => {
    const name = word.startsWith('{') ? word.slice(1, -1) : word;
    return env.local.environment(name) ?? whole;
  };
  // Behind the last bracket none is looked for: of many that are not closed, each would search to the end.
  const last = path.lastIndexOf('}') + 1;
  const head = path.slice(0, last).replace(/\$(\w+|\{[^}]*\})/g, expand);
  return head + path.slice(last).replace(/\$(\w+)/g, expand);
}

function fileglob(env: Environment, pattern: string): Value {
  return env.local.glob(pattern).filter((path) => env.local.stat(path, true)?.kind === 'file');
}
