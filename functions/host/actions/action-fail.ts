/** Failures as Ansible's actions report them: with the end of a traceback, of which reports print the last line. */

import type { Value } from '../../../shared/base/value.ts';
import { reprText } from '../../../shared/template/python/repr.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { ActionFailure } from './action.ts';

/** A failure that the action itself found. */
export function actionFail(message: string, extra: Iterable<readonly [Value, Value]> = []): ActionFailure {
  return new ActionFailure(message, [...extra, ['exception', 'NoneType: None\n']]);
}

/** A failure that passes on what something else said; `cause` is the last line of that, when the message is another. */
export function caughtFail(message: string, cause: string = message): ActionFailure {
  return new ActionFailure(message, [['exception', cause]]);
}

/** The message of an error of the system in Python's words. */
export function systemErrorText(error: unknown, path: string): string {
  return errorText(error, `'${path}'`);
}

function errorText(error: unknown, shownPath: string): string {
  const known = SYSTEM_ERRORS[codeOf(error) ?? ''];
  if (known === undefined) return error instanceof Error ? error.message : String(error);
  return `[Errno ${known[0]}] ${known[1]}: ${shownPath}`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What templates are told when the system refuses one of their files; other errors as they are. */
export function fileProblem(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const message = errorText(error, `b${reprText(path)}`);
  return new TemplateError('runtime', SYSTEM_CLASSES[code] ?? 'OSError', message);
}

const SYSTEM_CLASSES: Readonly<Record<string, string>> = {
  EACCES: 'PermissionError',
  EEXIST: 'FileExistsError',
  EISDIR: 'IsADirectoryError',
  ENOENT: 'FileNotFoundError',
  ENOTDIR: 'NotADirectoryError',
  EPERM: 'PermissionError',
};

const SYSTEM_ERRORS: Readonly<Record<string, readonly [number: number, text: string]>> = {
  EPERM: [1, 'Operation not permitted'],
  ENOENT: [2, 'No such file or directory'],
  EIO: [5, 'Input/output error'],
  EACCES: [13, 'Permission denied'],
  EEXIST: [17, 'File exists'],
  ENOTDIR: [20, 'Not a directory'],
  EISDIR: [21, 'Is a directory'],
  EMFILE: [24, 'Too many open files'],
  ENOSPC: [28, 'No space left on device'],
  EROFS: [30, 'Read-only file system'],
  ENAMETOOLONG: [36, 'File name too long'],
  ELOOP: [40, 'Too many levels of symbolic links'],
};
