/** The filter from_csv of the collection community.general. */

import type { Dict, Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { filterError, rethrown } from '../filter-error.ts';
import { type CsvDialect, readCsv } from '../formats/csv.ts';
import { dictSet } from '../python/dict-key.ts';
import { str } from '../python/repr.ts';
import { asText, force, isTrue, toList, typeName } from '../python/values.ts';

/** The filter. */
export const csvFilters: readonly Builtin[] = [
  {
    name: 'from_csv',
    signature: "dialect='excel', fieldnames=None, delimiter=None, skipinitialspace=None, strict=None",
    call: (_env, value, dialect = '', fieldnames = null, ...changes) => {
      const lines =
        str(value)
          .replace(/^\ufeff/, '')
          .match(/[^\n]*\n|[^\n]+$/g) ?? [];
      const rows = readCsv(lines, makeDialect(str(dialect), changes.map(force)));
      return rethrown(
        () => [...records(rows, force(fieldnames))],
        (error) => filterError(`Unable to process file: ${error.message}`),
      );
    },
  },
];

const DELIMITERS: ReadonlyMap<string, string> = new Map([
  ['excel', ','],
  ['excel-tab', '\t'],
  ['unix', ','],
]);

function makeDialect(name: string, changes: readonly Value[]): CsvDialect {
  const [delimiter = null, skips = null, strict = null] = changes;
  const own = DELIMITERS.get(name);
  if (own === undefined) {
    throw filterError(`Dialect '${name}' is not supported by your version of python.`);
  }
  return {
    delimiter: delimiter === null ? own : checkedDelimiter(delimiter),
    skipsInitialSpace: skips !== null && isTrue(skips),
    isStrict: strict !== null && isTrue(strict),
  };
}

function checkedDelimiter(delimiter: Value): string {
  const text = asText(delimiter);
  const fault =
    text === undefined
      ? `must be string, not ${typeName(delimiter)}`
      : [...text].length === 1
        ? undefined
        : 'must be a 1-character string';
  if (text === undefined || fault !== undefined) {
    throw filterError(`Unable to create custom dialect: "delimiter" ${fault}`);
  }
  return text;
}

/** A dict for each row that is not empty; columns without a name come as a list under None. */
function* records(rows: Iterator<string[]>, given: Value): Generator<Dict> {
  const names = given === null ? rows.next().value : toList(given);
  if (!Array.isArray(names)) return;
  for (let next = rows.next(); next.done !== true; next = rows.next()) {
    const row = next.value;
    if (row.length === 0) continue;
    const record: Dict = new Map();
    for (const [index, name] of names.entries()) dictSet(record, name, row[index] ?? null);
    if (row.length > names.length) record.set(null, row.slice(names.length));
    yield record;
  }
}
