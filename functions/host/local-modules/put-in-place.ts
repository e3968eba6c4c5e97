/** The last steps of a copy: the directories above, a backup, a validation, and the file in its place. */

import { accessSync, constants, mkdirSync } from 'node:fs';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { splitShellWords } from '../../../shared/project/inventory/shell-words.ts';
import { directoryName, joinPath } from '../../../shared/template/python/posix-path.ts';
import { decodeSurrogateEscape } from '../session/surrogate-escape.ts';
import { changeAttributes, wantedOf } from './attributes.ts';
import { ModeProblem, parseMode } from './file-mode.ts';
import { followed, isThere, lookAt } from './file-state.ts';
import { type LocalContext, ModuleFailure } from './local-module.ts';
import { at } from './local-path.ts';
import type { Params } from './module-arguments.ts';
import { osErrorOf, osErrorText } from './os-error.ts';
import { runProcess } from './run-process.ts';
import { backUp, type StagedFile } from './staged-file.ts';

/** Whether the file may be used so. */
export function mayAccess(path: string, right: number, context: LocalContext): boolean {
  try {
    accessSync(at(context, path), right);
    return true;
  } catch {
    return false;
  }
}

/** What a wrong checksum comes to. */
export function mismatch(found: string | null, expected: string): ModuleFailure {
  return new ModuleFailure('Copied file does not match the expected checksum. Transfer failed.', [
    ['checksum', found],
    ['expected_checksum', expected],
  ]);
}

/** What the file system refuses, a full one for example, as a failure of the module. */
export function refusal(error: unknown, source: string, dest: string): ModuleFailure {
  if (error instanceof ModuleFailure) return error;
  const problem = osErrorOf(error);
  if (problem === undefined) throw error;
  return new ModuleFailure(`failed to copy: ${source} to ${dest}`, [['details', osErrorText(problem, dest)]]);
}

/** With a slash at its end `dest` is a directory: makes it, and gives the path of the file in it. */
export function madeParents(params: Params, context: LocalContext): string {
  const given = params.givenText('dest');
  const dest = given.includes('/') ? given : `./${given}`;
  if (!dest.endsWith('/')) return dest;
  const path = joinPath(dest, params.text('_original_basename') ?? '');
  const missing: string[] = [];
  for (let each = directoryName(path); each !== '' && !isThere(context, each); each = directoryName(each))
    missing.unshift(each);
  for (const each of missing) {
    mkdirSync(at(context, each));
    const wanted = { ...wantedOf(params, each, context), mode: params.value('directory_mode') };
    changeAttributes(wanted, context, { before: true });
  }
  return path;
}

/** The path to write, a link followed when wanted; throws when it cannot be written. */
export function checkedTarget(path: string, params: Params, context: LocalContext): string {
  const isLink = lookAt(context, path)?.isSymbolicLink() === true && isThere(context, path);
  const dest = isLink && params.flag('follow') ? followed(context, path) : path;
  const parent = directoryName(dest);
  if (!isThere(context, dest) && !isThere(context, parent))
    throw new ModuleFailure(`Destination directory ${parent} does not exist`);
  if (!mayAccess(parent, constants.W_OK, context))
    throw new ModuleFailure(`Destination ${parent} not writable`);
  return dest;
}

type Placing = {
  readonly params: Params;
  readonly staged: StagedFile;
  readonly dest: string;
  readonly result: Dict;
};

/**
 * Keeps a backup, lets the file be validated and puts it in place. Gives the mode that the file is to have: of a new file
 * the one it got, as symbols hold for what was there before.
 */
export async function putInPlace(
  { dest, params, result, staged }: Placing,
  context: LocalContext,
): Promise<Value> {
  if (params.flag('backup') && isThere(context, dest)) result.set('backup_file', backUp(dest, context));
  const command = params.text('validate');
  if (command) await validate(command, { params, path: staged.path }, context);
  const isNew = lookAt(context, dest)?.isSymbolicLink() === true || !isThere(context, dest);
  const mode = isNew ? firstMode(params) : undefined;
  staged.commit(mode);
  return mode ?? params.value('mode');
}

/** Runs `validate` on a file that already has the mode and owner it will have, as some validators look at them. */
async function validate(
  command: string,
  { params, path }: { readonly params: Params; readonly path: string },
  context: LocalContext,
): Promise<void> {
  changeAttributes(wantedOf(params, path, context), context, {});
  if (!command.includes('%s')) throw new ModuleFailure(`validate must contain %s: ${command}`);
  const words = splitShellWords(command.replace('%s', path), { hasComments: false });
  if (words.kind === 'invalid') throw new ModuleFailure(words.why);
  const { code, stderr, stdout } = await runProcess(
    { words: words.words, directory: context.directory },
    context,
  );
  if (code !== 0)
    throw new ModuleFailure('failed to validate', [
      ['exit_status', code],
      ['stdout', decodeSurrogateEscape(stdout)],
      ['stderr', decodeSurrogateEscape(stderr)],
    ]);
}

/** The mode of a new file from its first moment, so that secrets are never readable in between. */
function firstMode(params: Params): number | undefined {
  const mode = params.value('mode');
  if (mode === null) return undefined;
  try {
    return parseMode(mode, 0o100000 | (0o666 & ~process.umask())) & 0o7777;
  } catch (error) {
    // Setting it says later what is wrong with it.
    if (error instanceof ModeProblem) return undefined;
    throw error;
  }
}
