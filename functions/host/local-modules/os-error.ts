/** What the system says when it refuses something, in the words that Python has for it. */

import { constants } from 'node:os';
import { repr } from '../../../shared/template/python/repr.ts';
import { PyBytes } from '../../../shared/template/python/special.ts';
import { encodePath } from './local-path.ts';

/** An error of the operating system. */
export type OsError = { readonly code: string; readonly number: number; readonly text: string };

const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EEXIST: 'File exists',
  EHOSTUNREACH: 'No route to host',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
  ENETUNREACH: 'Network is unreachable',
  ENOENT: 'No such file or directory',
  ENOEXEC: 'Exec format error',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENOTEMPTY: 'Directory not empty',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  ETXTBSY: 'Text file busy',
  EXDEV: 'Invalid cross-device link',
};

const NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(constants.errno));

/** The error as the system's own, or undefined when it is none. */
export function osErrorOf(error: unknown): OsError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const { code } = error;
  const number = NUMBERS.get(code);
  return number === undefined ? undefined : { code, number, text: TEXTS[code] ?? error.message };
}

/** `[Errno 2] No such file or directory: b'/path'`. */
export function osErrorText({ number, text }: OsError, path: string): string {
  return `[Errno ${number}] ${text}: ${bytesText(path)}`;
}

/** A path as Python shows the bytes of it. */
export function bytesText(path: string): string {
  return repr(new PyBytes(encodePath(path)));
}

/** What `look` gives, or what the system said instead; other errors are thrown. */
export function tried<T>(look: () => T): { readonly value: T } | { readonly problem: OsError } {
  try {
    return { value: look() };
  } catch (error) {
    const problem = osErrorOf(error);
    if (problem === undefined) throw error;
    return { problem };
  }
}
