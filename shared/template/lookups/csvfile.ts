/** The csvfile lookup: one column of the row whose first column is the key. */

import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { ansibleError, rethrown } from '../filter-error.ts';
import { readCsv } from '../formats/csv.ts';
import { decodeText } from '../python/codec.ts';
import { keepLineEnds } from '../python/whitespace.ts';
import { defaultResults, intOption, type LookupOptions, splitTerm, termText, textOption } from './options.ts';
import { readFound } from './search.ts';

/** The lookup. */
export const csvLookups: readonly Lookup[] = [
  {
    name: 'csvfile',
    call: (env, terms, options) => terms.flatMap((term) => lookUp(env, termText(term, 'split'), options)),
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
  const found = readFound(env, 'files', name);
  if (found === undefined) throw ansibleError("csvfile: [Errno 2] No such file or directory: b'None'");
  const encoding = textOption(merged, 'encoding', 'utf-8');
  const text = rethrown(
    () => decodeText(found.content, encoding, 'strict'),
    (error) => ansibleError(`csvfile: ${error.message}`),
  );
  const row = findRow(text, delimiter === 'TAB' ? '\t' : delimiter, words.join(' '));
  if (row === undefined) return defaultResults(merged, null);
  const column = rethrown(
    () => row.at(intOption(merged, 'col', 1)),
    (error) => ansibleError(`csvfile: ${error.message}`),
  );
  if (column === undefined) throw ansibleError('csvfile: list index out of range');
  return [column];
}

function findRow(text: string, delimiter: string, key: string): string[] | undefined {
  if ([...delimiter].length !== 1) throw ansibleError('csvfile: "delimiter" must be a 1-character string');
  const dialect = { delimiter, skipsInitialSpace: false, isStrict: false };
  return rethrown(
    () => {
      for (const row of readCsv(keepLineEnds(text), dialect)) if (row[0] === key) return row;
      return undefined;
    },
    (error) => ansibleError(`csvfile: ${error.message}`),
  );
}
