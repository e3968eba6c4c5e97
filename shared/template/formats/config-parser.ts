/** INI texts as Python's ConfigParser reads and writes them, without interpolation. */

import { pythonError } from '../python/error.ts';
import { escapePattern } from '../python/regex.ts';
import { repr, reprText } from '../python/repr.ts';
import { stripEnd, stripText } from '../python/whitespace.ts';

/** What a file may hold. */
export type ConfigOptions = {
  readonly isCaseSensitive: boolean;
  readonly mayLackValue: boolean;
  readonly delimiters?: readonly string[];
};

/** Options of a section; one without a value has null. */
export type ConfigSection = ReadonlyMap<string, string | null>;

/** The section whose options all others have too. */
export const DEFAULT_SECTION = 'DEFAULT';

const DELIMITERS = ['=', ':'];

/** The sections of a text, {@link DEFAULT_SECTION} among them if it stands there. Raises Python's errors. */
export function parseConfig(text: string, options: ConfigOptions): Map<string, ConfigSection> {
  const reader = new ConfigReader(options);
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) reader.read(line);
  return reader.finish();
}

/** Lives as long as one text is read. */
class ConfigReader {
  readonly #options: ConfigOptions;
  readonly #entry: RegExp;
  readonly #sections = new Map<string, Map<string, string[] | null>>();
  readonly #faults: string[] = [];
  #lineNumber = 0;
  #indent = 0;
  #section: { readonly name: string; readonly values: Map<string, string[] | null> } | undefined;
  /** The lines of the value that further lines may belong to. */
  #value: string[] | null | undefined;

  constructor(options: ConfigOptions) {
    this.#options = options;
    const delimiter = (options.delimiters ?? DELIMITERS).map(escapePattern).join('|');
    this.#entry = new RegExp(
      options.mayLackValue
        ? `^(.*?)\\s*(?:(?:${delimiter})\\s*(.*))?$`
        : `^(.*?)\\s*(?:${delimiter})\\s*(.*)$`,
    );
  }

  read(line: string): void {
    this.#lineNumber++;
    const stripped = stripText(line);
    if (stripped === '') this.#value?.push('');
    if (stripped === '' || stripped.startsWith('#') || stripped.startsWith(';')) return;
    const indent = line.search(/\S/);
    if (this.#value !== undefined && indent > this.#indent) {
      if (this.#value === null)
        throw pythonError('AttributeError', "'NoneType' object has no attribute 'append'");
      this.#value.push(stripped);
      return;
    }
    this.#indent = indent;
    const header = /^\[(.+)\]/.exec(stripped)?.[1];
    if (header !== undefined) this.#startSection(header);
    else if (this.#section === undefined) {
      const where = `file: '<???>', line: ${this.#lineNumber}\n${repr(line)}`;
      throw pythonError('MissingSectionHeaderError', `File contains no section headers.\n${where}`);
    } else this.#addOption(stripped, line);
  }

  finish(): Map<string, ConfigSection> {
    if (this.#faults.length > 0) {
      throw pythonError('ParsingError', `Source contains parsing errors: '<???>'${this.#faults.join('')}`);
    }
    const joined = (lines: readonly string[] | null): string | null =>
      lines === null ? null : stripEnd(lines.join('\n'));
    return new Map(
      [...this.#sections].map(([name, values]) => [
        name,
        new Map([...values].map(([key, lines]) => [key, joined(lines)])),
      ]),
    );
  }

  #startSection(name: string): void {
    const known = this.#sections.get(name);
    if (known !== undefined && name !== DEFAULT_SECTION) {
      throw pythonError(
        'DuplicateSectionError',
        `${this.#place()}: section ${reprText(name)} already exists`,
      );
    }
    this.#section = { name, values: known ?? new Map() };
    this.#sections.set(name, this.#section.values);
    this.#value = undefined;
  }

  #addOption(stripped: string, line: string): void {
    const found = this.#entry.exec(stripped);
    const section = this.#section;
    // An option without a name is told of at the end, and counts until then.
    if (found === null || section === undefined || found[1] === '') {
      this.#faults.push(`\n\t[line ${String(this.#lineNumber).padStart(2)}]: ${repr(line)}`);
    }
    if (found === null || section === undefined) return;
    const written = stripEnd(found[1] ?? '');
    const key = this.#options.isCaseSensitive ? written : written.toLowerCase();
    if (section.values.has(key)) {
      const where = `option ${reprText(key)} in section ${reprText(section.name)}`;
      throw pythonError('DuplicateOptionError', `${this.#place()}: ${where} already exists`);
    }
    const value = found[2] === undefined ? null : [stripText(found[2])];
    section.values.set(key, value);
    this.#value = key === '' ? undefined : value;
  }

  #place(): string {
    return `While reading from '<???>' [line ${String(this.#lineNumber).padStart(2)}]`;
  }
}

/** The text of sections, an empty line after each. */
export function formatConfig(
  sections: ReadonlyMap<string, ReadonlyMap<string, string>>,
  delimiter: string,
): string {
  const texts = [...sections].map(([name, values]) => {
    const lines = [...values].map(([key, value]) => `${key}${delimiter}${value.replaceAll('\n', '\n\t')}\n`);
    return `[${name}]\n${lines.join('')}\n`;
  });
  return texts.join('');
}
