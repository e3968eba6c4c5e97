/** The filter to_prettytable of the collection community.general: a list of dicts as a table of characters. */

import type { Dict, Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { filterError } from '../filter-error.ts';
import { dictGet } from '../python/dict-key.ts';
import { valueError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { asDict, asText, force, isMapping, textLength, toList, typeName } from '../python/values.ts';

/** The filter. */
export const tableFilter: Builtin = {
  name: 'to_prettytable',
  signature: '*args, **kwargs',
  call: (_env, value, args = [], kwargs = null) => {
    const data = readData(force(value));
    const options = readOptions(data, toList(args).map(force), asDict(kwargs) ?? new Map());
    if (data.length === 0 && options.isBare) return '++\n++';
    return formatTable(data, options);
  },
};

type Alignment = 'c' | 'l' | 'r';

type Options = {
  readonly columns: readonly string[];
  readonly headers: readonly string[];
  readonly alignments: ReadonlyMap<string, Alignment>;
  /** Nothing says what columns there are. */
  readonly isBare: boolean;
};

function wrongType(value: Value, expected: string): Error {
  const type = asText(value) === undefined ? typeName(value) : 'string';
  return filterError(`Expected ${expected}, got a ${type}`);
}

function readData(value: Value): Dict[] {
  if (!Array.isArray(value)) throw wrongType(value, 'a list of dictionaries');
  return value.map((raw) => {
    const item = force(raw);
    if (!isMapping(item)) throw wrongType(item, 'all items in the list to be dictionaries');
    return asDict(item) ?? new Map();
  });
}

const KNOWN = ['column_order', 'header_names', 'column_alignments'];
const ALIGNMENTS = ['c', 'center', 'l', 'left', 'r', 'right'];

function readOptions(data: readonly Dict[], args: readonly Value[], kwargs: Dict): Options {
  const option = (name: string): Value => force(kwargs.get(name) ?? null);
  if (args.length > 0 && option('column_order') !== null) {
    throw filterError("Cannot use both positional arguments and the 'column_order' keyword argument");
  }
  const keys = [...(data[0]?.keys() ?? [])].map(str);
  const most = data.length === 0 ? undefined : keys.length;
  const order = readNames(
    args.length > 0 ? [...args] : option('column_order'),
    ['column_order', 'column'],
    most,
  );
  const headers = readNames(option('header_names'), ['header_names', 'header'], most);
  if (order !== undefined && headers !== undefined && order.length !== headers.length) {
    throw filterError(
      "'column_order' and 'header_names' must have the same number of elements. " +
        `Got ${order.length} columns and ${headers.length} headers.`,
    );
  }
  const alignments = readAlignments(option('column_alignments'), most);
  const others = [...kwargs.keys()].map(str).filter((name) => !KNOWN.includes(name));
  if (others.length > 0) {
    throw filterError(`Unknown parameter(s) for to_prettytable filter: ${others.sort().join(', ')}`);
  }
  const columns = order === undefined || order.length === 0 ? keys : order;
  const isBare = [order, headers].every((names) => (names ?? []).length === 0) && alignments.size === 0;
  return { columns, headers: headers ?? columns, alignments, isBare };
}

function readNames(
  value: Value,
  [option, kind]: readonly [string, string],
  most: number | undefined,
): string[] | undefined {
  if (value === null) return undefined;
  if (!Array.isArray(value)) throw wrongType(value, `a list of ${kind} names`);
  const names = value.map((raw) => {
    const name = asText(force(raw));
    if (name === undefined) throw wrongType(force(raw), `a string for ${kind} name`);
    return name;
  });
  refuseTooMany(option, names.length, most);
  return names;
}

function refuseTooMany(option: string, count: number, most: number | undefined): void {
  if (most === undefined || count <= most) return;
  throw filterError(`'${option}' has more elements (${count}) than available fields in data (${most})`);
}

function readAlignments(value: Value, most: number | undefined): ReadonlyMap<string, Alignment> {
  if (value === null) return new Map();
  const given = asDict(value);
  if (given === undefined) throw wrongType(value, 'a dictionary for column_alignments');
  const made = new Map<string, Alignment>();
  for (const [key, raw] of given) {
    const [name, word] = [asText(key), asText(force(raw))];
    if (name === undefined) throw wrongType(key, 'a string for column_alignments key');
    if (word === undefined) throw wrongType(force(raw), 'a string for column_alignments value');
    if (!ALIGNMENTS.includes(word.toLowerCase())) {
      throw filterError(
        `Invalid alignment '${word}' in 'column_alignments'. Valid alignments are: ${ALIGNMENTS.join(', ')}`,
      );
    }
    const letter = word.toLowerCase().slice(0, 1);
    made.set(name, letter === 'l' || letter === 'r' ? letter : 'c');
  }
  refuseTooMany('column_alignments', given.size, most);
  return made;
}

/** The item under a key that reads like the column's name. */
function cellOf(item: Dict, column: string): string {
  const lower = column.toLowerCase();
  const alike: Value[] = [column];
  if (lower === 'true' || lower === 'false') alike.push(lower === 'true');
  if (/^\d+$/.test(column)) alike.push(Number(column));
  for (const key of [...alike, ...item.keys()]) {
    const value = alike.includes(key) || str(key).toLowerCase() === lower ? dictGet(item, key) : undefined;
    if (value !== undefined) return str(value);
  }
  return '';
}

function formatTable(data: readonly Dict[], { columns, headers, alignments }: Options): string {
  if (new Set(headers).size !== headers.length) throw valueError('Field names must be unique');
  const rows = data.map((item) => columns.map((column) => cellOf(item, column).split('\n')));
  const cells = [headers.map((header) => header.split('\n')), ...rows];
  const widths = headers.map((_, column) =>
    Math.max(...cells.flatMap((row) => (row[column] ?? []).map(textLength))),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (row: readonly (readonly string[])[]): string[] =>
    Array.from({ length: Math.max(...row.map((lines) => lines.length)) }, (_, index) => {
      const texts = headers.map((header, column) =>
        justify(row[column]?.[index] ?? '', widths[column] ?? 0, alignments.get(header) ?? 'c'),
      );
      return `| ${texts.join(' | ')} |`;
    });
  const [head = [], ...body] = cells;
  return [rule, ...line(head), rule, ...body.flatMap(line), rule].join('\n');
}

/** In the middle, an odd space goes to the right of texts of odd length, and to the left of others. */
function justify(text: string, width: number, alignment: Alignment): string {
  const excess = width - textLength(text);
  const half = Math.floor(excess / 2);
  const isLeft = excess % 2 === 1 && textLength(text) % 2 === 0;
  const before = alignment === 'l' ? 0 : alignment === 'r' ? excess : isLeft ? half + 1 : half;
  return `${' '.repeat(before)}${text}${' '.repeat(excess - before)}`;
}
