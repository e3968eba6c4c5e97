/** INI files as Python's ConfigParser reads them, with its DEFAULT section and `%(name)s` interpolation. */

import { lookupError, rethrown } from '../filter-error.ts';
import { type ConfigSection, DEFAULT_SECTION, parseConfig } from '../formats/config-parser.ts';
import { pythonError } from '../python/error.ts';
import { repr } from '../python/repr.ts';

/** How a file is read. */
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

const DEPTH_MAX = 10;

/** Parses the text of a file. */
export function parseIni(text: string, options: IniOptions): IniFile {
  const sections = rethrown(
    () => parseConfig(text, options),
    ({ pythonType, message }) =>
      pythonType === 'DuplicateOptionError'
        ? lookupError(`Duplicate option in '${options.name}': ${message}`)
        : undefined,
  );
  return {
    keyOf: (key) => (options.isCaseSensitive ? key : key.toLowerCase()),
    read: (name) => readSection(sections, name),
  };
}

function readSection(sections: ReadonlyMap<string, ConfigSection>, name: string): ConfigSection | undefined {
  const own = sections.get(name);
  if (own === undefined || name === DEFAULT_SECTION) return undefined;
  const merged = new Map([...(sections.get(DEFAULT_SECTION) ?? []), ...own]);
  const resolved = new Map<string, string | null>();
  for (const [key, value] of merged) {
    resolved.set(key, value === null ? null : interpolate(value, merged, 0));
  }
  return resolved;
}

function interpolate(value: string, section: ConfigSection, depth: number): string {
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
