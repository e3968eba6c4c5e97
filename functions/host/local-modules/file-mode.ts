/** Modes of files, given as numbers, as octal texts or in symbols. */

import type { Value } from '../../../shared/base/value.ts';
import { typeName } from '../../../shared/template/python/values.ts';

/** Why a text is no mode. */
export class ModeProblem extends Error {}

const DIRECTORY = 0o040000;
const KIND = 0o170000;

/** The mode that is meant, relative to the present one, which has the kind of the file in it. */
export function parseMode(mode: Value, current: number): number {
  if (typeof mode === 'number') return mode;
  if (typeof mode !== 'string') throw new ModeProblem(`'${typeName(mode)}' object has no attribute 'split'`);
  const text = mode;
  return /^\s*(0o?)?[0-7]+\s*$/i.test(text)
    ? Number.parseInt(text.trim().replace(/^0o/i, ''), 8)
    : symbolicMode(text, current);
}

function symbolicMode(text: string, current: number): number {
  let mode = current & 0o7777;
  for (const clause of text.split(',')) {
    const users = /^[^-+=]*/.exec(clause)?.[0] ?? '';
    const steps = [...clause.matchAll(/([-+=])([^-+=]*)/g)].map(([, operator = '', letters = '']) => ({
      operator,
      letters,
      users,
    }));
    const isWrong =
      !/^(a|[ugo]*)$/.test(users) || steps.some(({ letters }) => !/^[rwxXstugo]*$/.test(letters));
    if (isWrong) throw new ModeProblem(`bad symbolic permission for mode: ${clause}`);
    for (const step of steps) mode = applyStep(mode, current, step);
  }
  return mode;
}

type Step = { readonly users: string; readonly operator: string; readonly letters: string };

const SHIFTS: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
const SPECIALS: Readonly<Record<string, number>> = { u: 0o4000, g: 0o2000, o: 0o1000 };
const RIGHTS: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };

/** Users left out means all, and then the umask holds. */
function applyStep(mode: number, current: number, { letters, operator, users }: Step): number {
  const mask = users === '' ? process.umask() : 0;
  let result = mode;
  for (const user of users === '' || users === 'a' ? 'ugo' : users) {
    const bits = [...letters].reduce((all, letter) => all | bitsOf(letter, { user, current, mask }), 0);
    const all = (7 << (SHIFTS[user] ?? 0)) | (SPECIALS[user] ?? 0);
    if (operator === '=') result = (result & ~all) | bits;
    else result = operator === '+' ? result | bits : result & ~bits;
  }
  return result;
}

type For = { readonly user: string; readonly current: number; readonly mask: number };

function bitsOf(letter: string, { current, mask, user }: For): number {
  const shift = SHIFTS[user] ?? 0;
  const right = RIGHTS[letter];
  if (right !== undefined) return (right << shift) & ~mask;
  if (letter === 'X') return (current & KIND) === DIRECTORY || (current & 0o111) !== 0 ? 1 << shift : 0;
  if (letter === 's') return user === 'o' ? 0 : (SPECIALS[user] ?? 0);
  if (letter === 't') return user === 'o' ? 0o1000 : 0;
  return ((current >> (SHIFTS[letter] ?? 0)) & 7) << shift;
}
