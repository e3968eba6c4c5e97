/** `tempfile`: a new temporary file or directory. */

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { joinPath } from '../../../shared/template/python/posix-path.ts';
import { reprText } from '../../../shared/template/python/repr.ts';
import { withPathInfo } from './file-state.ts';
import { type LocalContext, type LocalModule, ModuleFailure } from './local-module.ts';
import { at } from './local-path.ts';
import { type ArgumentRules, checkModuleArguments } from './module-arguments.ts';
import { tried } from './os-error.ts';

const RULES: ArgumentRules = {
  state: { default: 'file', choices: ['file', 'directory'] },
  path: { type: 'path' },
  prefix: { default: 'ansible.' },
  suffix: { default: '' },
};

/** Makes a file or directory with a random name that only its owner may enter, and gives its path. */
export const tempfile: LocalModule = (args, context) => {
  const params = checkModuleArguments({ module: 'tempfile', rules: RULES }, args, context);
  const directory = params.text('path') || temporaryDirectory(context);
  const name = `${params.givenText('prefix')}${randomName(context)}${params.givenText('suffix')}`;
  const path = joinPath(directory, name);
  const made = tried(() => {
    if (params.text('state') === 'directory') mkdirSync(at(context, path), { mode: 0o700 });
    else closeSync(openSync(at(context, path), 'wx', 0o600));
  });
  if ('problem' in made) {
    const { number, text } = made.problem;
    throw new ModuleFailure(`[Errno ${number}] ${text}: ${reprText(path)}`);
  }
  return withPathInfo(
    context,
    new Map<string, string | boolean>([
      ['changed', true],
      ['path', path],
    ]),
  );
};

/** Where temporary files go. */
function temporaryDirectory({ environment }: Pick<LocalContext, 'environment'>): string {
  return environment.TMPDIR || '/tmp';
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz012345';

/** Eight letters. */
export function randomName({ clock }: Pick<LocalContext, 'clock'>): string {
  return Array.from(clock.randomBytes(8), (byte) => LETTERS[byte % LETTERS.length]).join('');
}
