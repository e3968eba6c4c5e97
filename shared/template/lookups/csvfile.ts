/** The csvfile lookup: one column of the row whose first column is the key. */

import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { ansibleError } from '../filter-error.ts';
import { decodeText } from '../filters/charset.ts';
import { force } from '../values.ts';
import { intOption, type LookupOptions, splitTerm, termText, textOption } from './options.ts';
import { findFile } from './search.ts';

/** The lookup. */
export const csvLookups: readonly Lookup[] = [
  {
    name: 'csvfile',
    call: (env, terms, options) => terms.flatMap((term) => lookUp(env, termText(term), options)),
  },
];

const OPTIONS = ['file', 'delimiter', 'encoding', 'default', 'col'];

function lookUp(env: Environment, term: string, options: LookupOptions): Value[] {
  const { words, options: inline } = splitTerm(term);
  if (words.length === 0) throw ansibleError('Search key is required but was not found');
  const merged = new Map(options);
  for (const [name, value] of inline) {
    if (!OPTIONS.includes(name)) throw ansibleError(`${name} is not a valid option`);
    merged.set(name, value);
  }
  const delimiter = textOption(merged, 'delimiter', 'TAB');
  const name = textOption(merged, 'file', 'ansible.csv');
  const path = findFile(env, 'files', name);
  const content = path === undefined ? undefined : env.local.readFile(path);
  if (content === undefined) throw ansibleError("csvfile: [Errno 2] No such file or directory: b'None'");
  const text = decodeText(content, textOption(merged, 'encoding', 'utf-8'));
  const key = words.join(' ');
  const row = parseCsv(text, delimiter === 'TAB' ? '\t' : delimiter).find((columns) => columns[0] === key);
  if (row === undefined) {
    const fallback = force(merged.get('default') ?? null);
    return fallback === null ? [] : Array.isArray(fallback) ? fallback : [fallback];
  }
  const column = row.at(intOption(merged, 'col', 1));
  if (column === undefined) throw ansibleError('csvfile: list index out of range');
  return [column];
}

/** Rows of a CSV text in the dialect of Excel: quotes doubled inside quotes. */
export function parseCsv(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  let isStarted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else isQuoted = false;
    } else if (char === '"' && cell === '') {
      isQuoted = true;
      isStarted = true;
    } else if (char === delimiter) {
      row.push(cell);
      cell = '';
      isStarted = true;
    } else if (char === '\n' || char === '\r') {
      if (char === '\r' && text[at + 1] === '\n') at++;
      if (isStarted || cell !== '') rows.push([...row, cell]);
      row = [];
      cell = '';
      isStarted = false;
    } else cell += char;
  }
  if (isStarted || cell !== '') rows.push([...row, cell]);
  return rows;
}
