/** The times of files that a task asks for. */

import { statSync, utimesSync } from 'node:fs';
import { type Dict, PyFloat } from '../../../shared/base/value.ts';
import { utcMilliseconds } from '../../../shared/template/dates/date-format.ts';
import { parseDate } from '../../../shared/template/dates/date-parse.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { noteDiff } from './attributes.ts';
import { fileFailure, secondsOf } from './file-state.ts';
import { type LocalContext, ModuleFailure } from './local-module.ts';
import { at } from './local-path.ts';
import type { Params } from './module-arguments.ts';
import { osErrorText, tried } from './os-error.ts';

/** In seconds since the epoch. */
type WantedTime = 'kept' | 'now' | number;

export type WantedTimes = { readonly mtime: WantedTime; readonly atime: WantedTime };

/** What a task wants; without words, `touch` means now and all else means to keep them. */
export function wantedTimes(params: Params): WantedTimes {
  return { mtime: wantedTime(params, 'modification_time'), atime: wantedTime(params, 'access_time') };
}

function wantedTime(params: Params, name: string): WantedTime {
  const text = params.text(name) ?? (params.text('state') === 'touch' ? 'now' : 'preserve');
  if (text === 'now') return 'now';
  if (text === 'preserve') return 'kept';
  const format = params.givenText(`${name}_format`);
  try {
    return localSeconds(text, format);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new ModuleFailure(
      `Error while obtaining timestamp for time ${text} using format ${format}: ${error.message}`,
    );
  }
}

/** A date in this machine's zone. */
function localSeconds(text: string, format: string): number {
  const utcMs = utcMilliseconds(parseDate(text, format));
  return utcMs / 1000 + new Date(utcMs).getTimezoneOffset() * 60;
}

type Site = { readonly context: LocalContext; readonly path: string; readonly diff: Dict | undefined };

/** Sets the times and gives whether they changed. */
export function setTimes({ atime, mtime }: WantedTimes, { context, diff, path }: Site): boolean {
  if (atime === 'kept' && mtime === 'kept') return false;
  const done = tried(() => {
    const { atimeNs, mtimeNs } = statSync(at(context, path), { bigint: true });
    const before = { atime: secondsOf(atimeNs), mtime: secondsOf(mtimeNs) };
    const now = context.clock.now() / 1000;
    const timeOf = (wanted: WantedTime, present: number): number =>
      wanted === 'now' ? now : wanted === 'kept' ? present : wanted;
    const after = { atime: timeOf(atime, before.atime), mtime: timeOf(mtime, before.mtime) };
    const isNow = atime === 'now' && mtime === 'now';
    if (!isNow && after.atime === before.atime && after.mtime === before.mtime) return false;
    if (!context.isCheck) utimesSync(at(context, path), after.atime, after.mtime);
    for (const name of ['mtime', 'atime'] as const)
      if (before[name] !== after[name])
        noteDiff(diff, name, [new PyFloat(before[name]), new PyFloat(after[name])]);
    return true;
  });
  if ('value' in done) return done.value;
  const text = `Error while updating modification or access time: ${osErrorText(done.problem, path)}`;
  throw fileFailure(context, text, [['path', path]]);
}
