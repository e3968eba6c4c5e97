/** INI files as Python's ConfigParser reads them, with its DEFAULT section and `%(name)s` interpolation. */

import { lookupError } from '../filter-error.ts';
import { pythonError } from '../python-error.ts';
import { repr } from '../python-repr.ts';

export type IniOptions = {
  readonly isCaseSensitive: boolean;
  readonly mayLackValue: boolean;
  /** The file's name in messages. */
  readonly name: string;
};

/** A file that was read. `read` gives a section with the defaults behind it, or undefined when there is none. */
export type IniFile = {
  readonly read: (section: string) => ReadonlyMap<string, string | null> | undefined;
  readonly keyOf: (key: string) => string;
};

type Section = Map<string, string | null>;

const DEFAULT = 'DEFAULT';
const DEPTH_MAX = 10;

/** Parses the text of a file. */
export function parseIni(text: string, options: IniOptions): IniFile {
  const sections = new Map<string, Section>([[DEFAULT, new Map()]]);
  const keyOf = (key: string): string => (options.isCaseSensitive ? key : key.toLowerCase());
  let section: Section | undefined;
  let sectionName = '';
  let lastKey: string | undefined;
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    if (/^\s/.test(line) && section !== undefined && lastKey !== undefined) {
      section.set(lastKey, `${section.get(lastKey) ?? ''}\n${trimmed}`);
      continue;
    }
    const header = /^\[(.+)\]/.exec(trimmed)?.[1];
    if (header !== undefined) {
      sectionName = header;
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
      lastKey = undefined;
      continue;
    }
    if (section === undefined) {
      const message = `File contains no section headers.\nfile: '<???>', line: ${index + 1}\n${repr(`${line}\n`)}`;
      throw pythonError('MissingSectionHeaderError', message);
    }
    const entry = parseEntry(trimmed, options);
    lastKey = keyOf(entry.key);
    if (section.has(lastKey)) {
      const error = `While reading from '<???>' [line ${String(index + 1).padStart(2)}]: option '${lastKey}' in section '${sectionName}' already exists`;
      throw lookupError(`Duplicate option in '${options.name}': ${error}`);
    }
    section.set(lastKey, entry.value);
  }
  return { keyOf, read: (name) => readSection(sections, name) };
}

function parseEntry(line: string, options: IniOptions): { key: string; value: string | null } {
  const found = /^([^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
  if (found !== null) return { key: found[1] ?? '', value: found[2] ?? '' };
  if (options.mayLackValue) return { key: line, value: null };
  throw pythonError('ParsingError', `Source contains parsing errors: '<???>'\n\t${repr(line)}`);
}

function readSection(sections: ReadonlyMap<string, Section>, name: string): Section | undefined {
  const own = sections.get(name);
  if (own === undefined || name === DEFAULT) return undefined;
  const merged: Section = new Map([...(sections.get(DEFAULT) ?? []), ...own]);
  const resolved: Section = new Map();
  for (const [key, value] of merged) {
    resolved.set(key, value === null ? null : interpolate(value, merged, 0));
  }
  return resolved;
}

function interpolate(value: string, section: Section, depth: number): string {
  if (!value.includes('%')) return value;
  if (depth > DEPTH_MAX) {
    throw pythonError('InterpolationDepthError', 'Recursion limit exceeded in value substitution');
  }
  return value.replace(/%(%|\(([^)]*)\)s|)/g, (whole, kind: string, name: string | undefined) => {
    if (kind === '%') return '%';
    if (name === undefined) {
      throw pythonError(
        'InterpolationSyntaxError',
        `'%' must be followed by '%' or '(', found: ${repr(value.slice(value.indexOf(whole)))}`,
      );
    }
    const other = section.get(name.toLowerCase()) ?? section.get(name);
    if (other === undefined || other === null) {
      throw pythonError('InterpolationMissingOptionError', `Bad value substitution: option ${repr(name)}`);
    }
    return interpolate(other, section, depth + 1);
  });
}
