/** CSV texts as Python's `csv` module reads them. */

import { limits } from '../../base/limits.ts';
import { pythonError } from '../python/error.ts';

/** How a CSV text is written. */
export type CsvDialect = {
  readonly delimiter: string;
  readonly skipsInitialSpace: boolean;
  /** Malformed quotes are errors. */
  readonly isStrict: boolean;
};

type State = 'field' | 'field-start' | 'line-end' | 'quote-in-quotes' | 'quoted' | 'row-start';

/** The rows of a text that comes line by line; a line without any character is an empty row. Raises Python's `csv.Error`. */
export function* readCsv(lines: Iterable<string>, dialect: CsvDialect): Generator<string[], void> {
  const reader = new CsvReader(dialect);
  for (const line of lines) {
    const row = reader.read(line);
    if (row !== undefined) yield row;
  }
  const last = reader.finish();
  if (last !== undefined) yield last;
}

/** Lives as long as one text is read. */
class CsvReader {
  readonly #dialect: CsvDialect;
  #state: State = 'row-start';
  #row: string[] = [];
  #field = '';

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect;
  }

  /** Takes a line with its end; gives the row, if the line ends one. */
  read(line: string): string[] | undefined {
    for (const char of line) this.#take(char);
    if (this.#state === 'quoted') return undefined;
    if (this.#state !== 'row-start' && this.#state !== 'line-end') this.#endField();
    return this.#endRow();
  }

  /** The row that the text breaks off in. */
  finish(): string[] | undefined {
    if (this.#state !== 'quoted') return undefined;
    if (this.#dialect.isStrict) throw csvError('unexpected end of data');
    this.#endField();
    return this.#endRow();
  }

  #take(char: string): void {
    switch (this.#state) {
      case 'row-start':
        if (isLineEnd(char)) this.#state = 'line-end';
        else this.#startField(char);
        return;
      case 'field-start':
        this.#startField(char);
        return;
      case 'field':
        this.#endOrAdd(char);
        return;
      case 'quoted':
        if (char === '"') this.#state = 'quote-in-quotes';
        else this.#add(char);
        return;
      case 'quote-in-quotes':
        this.#takeAfterQuote(char);
        return;
      case 'line-end':
        if (isLineEnd(char)) return;
        throw csvError(
          'new-line character seen in unquoted field - do you need to open the file in universal-newline mode?',
        );
      default:
        this.#state satisfies never;
    }
  }

  #startField(char: string): void {
    if (char === '"') this.#state = 'quoted';
    else if (char === ' ' && this.#dialect.skipsInitialSpace) this.#state = 'field-start';
    else this.#endOrAdd(char);
  }

  #endOrAdd(char: string): void {
    if (isLineEnd(char)) {
      this.#endField();
      this.#state = 'line-end';
    } else if (char === this.#dialect.delimiter) {
      this.#endField();
      this.#state = 'field-start';
    } else {
      this.#add(char);
      this.#state = 'field';
    }
  }

  #takeAfterQuote(char: string): void {
    if (char === '"') {
      this.#add(char);
      this.#state = 'quoted';
    } else if (this.#dialect.isStrict && char !== this.#dialect.delimiter && !isLineEnd(char)) {
      throw csvError(`'${this.#dialect.delimiter}' expected after '"'`);
    } else this.#endOrAdd(char);
  }

  #add(char: string): void {
    if (this.#field.length >= limits.csvFieldCharactersMax) {
      throw csvError(`field larger than field limit (${limits.csvFieldCharactersMax})`);
    }
    this.#field += char;
  }

  #endField(): void {
    this.#row.push(this.#field);
    this.#field = '';
  }

  #endRow(): string[] {
    const row = this.#row;
    this.#row = [];
    this.#state = 'row-start';
    return row;
  }
}

function isLineEnd(char: string): boolean {
  return char === '\n' || char === '\r';
}

function csvError(message: string): Error {
  return pythonError('_csv.Error', message);
}
