/** `slurp`: a file's content inside the result. */

import { readFileSync } from 'node:fs';
import { reprText } from '../../../shared/template/python/repr.ts';
import { type LocalModule, ModuleFailure } from './local-module.ts';
import { at } from './local-path.ts';
import { checkModuleArguments } from './module-arguments.ts';
import { type OsError, tried } from './os-error.ts';

/** Gives the content of `src` in base64. */
export const slurp: LocalModule = (args, context) => {
  const rules = { src: { type: 'path', isRequired: true, aliases: ['path'] } } as const;
  const source = checkModuleArguments({ module: 'slurp', rules }, args, context).givenText('src');
  const read = tried(() => readFileSync(at(context, source), 'base64'));
  if ('problem' in read) throw new ModuleFailure(reason(read.problem, source));
  return new Map([
    ['content', read.value],
    ['source', source],
    ['encoding', 'base64'],
  ]);
};

function reason({ code, number, text }: OsError, source: string): string {
  if (code === 'ENOENT') return `file not found: ${source}`;
  if (code === 'EACCES') return `file is not readable: ${source}`;
  if (code === 'EISDIR') return `source is a directory and must be a file: ${source}`;
  return `unable to slurp file: [Errno ${number}] ${text}: ${reprText(source)}`;
}
