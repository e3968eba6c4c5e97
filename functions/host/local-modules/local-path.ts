/** Paths of the function's machine: relative ones begin in the playbook's directory, and names need not be UTF-8. */

import { readFileSync } from 'node:fs';
import { decodeSurrogateEscape } from '../session/surrogate-escape.ts';
import type { LocalContext } from './local-module.ts';

/** What the file system is asked with. */
export type DiskPath = string | Buffer;

/** Bytes that are no UTF-8, as Python keeps them in texts. */
const ESCAPED = /([\udc80-\udcff])/;

/** The path for the file system. */
export function at({ directory }: Pick<LocalContext, 'directory'>, path: string): DiskPath {
  const whole = path === '' || path.startsWith('/') ? path : `${directory}/${path}`;
  return ESCAPED.test(whole) ? encodePath(whole) : whole;
}

/** The bytes of a path. */
export function encodePath(path: string): Buffer {
  return Buffer.concat(
    path
      .split(ESCAPED)
      .map((part) => (ESCAPED.test(part) ? Buffer.of(part.charCodeAt(0) - 0xdc00) : Buffer.from(part))),
  );
}

/** The path as text; what is no UTF-8 survives as surrogates. */
export function decodePath(path: DiskPath): string {
  return typeof path === 'string' ? path : decodeSurrogateEscape(path);
}

type Environment = LocalContext['environment'];

/** Puts variables, then the home directory, into a text, as Python's `expandvars` and `expanduser` do. */
export function expandPath(text: string, environment: Environment): string {
  return expandUser(expandVariables(text, environment), environment);
}

/** A variable that is not set stays as it is written. */
function expandVariables(text: string, environment: Environment): string {
  return text.replaceAll(
    /\$(?:(\w+)|\{([^}]*)\})/g,
    (whole, bare, braced) => environment[bare ?? braced] ?? whole,
  );
}

function expandUser(text: string, environment: Environment): string {
  const [, name] = /^~([^/]*)/.exec(text) ?? [];
  if (name === undefined) return text;
  const home = name === '' ? environment.HOME : account('passwd', name)?.[5];
  if (home === undefined) return text;
  return home.replace(/\/+$/, '') + text.slice(name.length + 1) || '/';
}

/** The fields of a user's or a group's entry, found by its name or by its number. */
export function account(file: 'group' | 'passwd', key: number | string): readonly string[] | undefined {
  const index = typeof key === 'number' ? 2 : 0;
  return accounts(file).find((fields) => fields[index] === String(key));
}

function accounts(file: string): readonly (readonly string[])[] {
  try {
    const lines = readFileSync(`/etc/${file}`, 'utf8').split('\n');
    return lines.filter((line) => line.includes(':')).map((line) => line.split(':'));
  } catch {
    return [];
  }
}
