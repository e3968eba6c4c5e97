/** Reads an ansible.cfg: the INI dialect of Python's configparser, with `;` also starting a comment inside a line. */

import type { Checked, Diagnostic } from '../../base/diagnostic.ts';
import { reprText } from '../../template/python/repr.ts';

/** Option values by section and lower-case key, with what section DEFAULT gives to each. */
export type IniFile = {
  readonly value: (section: string, key: string) => string | undefined;
};

type Section = Map<string, string[]>;

type Reader = {
  readonly file: string;
  readonly sections: Map<string, Section>;
  readonly diagnostics: Diagnostic[];
  section: string | undefined;
  option: string | undefined;
  indent: number;
};

const DEFAULT_SECTION = 'DEFAULT';

/** Reads the text of an ansible.cfg. Everything that configparser refuses is an error with its line. */
export function parseIniFile(text: string, file: string): Checked<IniFile> {
  const reader: Reader = {
    file,
    sections: new Map([[DEFAULT_SECTION, new Map()]]),
    diagnostics: [],
    section: undefined,
    option: undefined,
    indent: 0,
  };
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (!readLine(reader, line, index + 1)) break;
  }
  return {
    value: { value: (section, key) => lookUp(reader, section, key) },
    diagnostics: reader.diagnostics,
  };
}

/** Takes in one line; false when reading cannot go on. */
function readLine(reader: Reader, line: string, number: number): boolean {
  const commentAt = commentStart(line);
  const value = (commentAt === undefined ? line : line.slice(0, commentAt)).trim();
  const open = openValue(reader);
  if (value === '') {
    if (commentAt === undefined) open?.push('');
    return true;
  }
  const indent = line.search(/\S/);
  if (open !== undefined && indent > reader.indent) {
    open.push(value);
    return true;
  }
  reader.indent = indent;
  const header = /^\[(.+)\]/.exec(value)?.[1];
  return header === undefined
    ? readOption(reader, { value, line, number })
    : openSection(reader, header, number);
}

/** Where a comment begins: at a line's first `#` or `;`, or at a `;` after a space. */
function commentStart(line: string): number | undefined {
  if (/^\s*[#;]/.test(line)) return 0;
  const inline = /(?<=\s);/.exec(line);
  return inline === null ? undefined : inline.index;
}

function openValue(reader: Reader): string[] | undefined {
  if (reader.section === undefined || reader.option === undefined) return undefined;
  return reader.sections.get(reader.section)?.get(reader.option);
}

function openSection(reader: Reader, header: string, number: number): boolean {
  reader.section = header;
  reader.option = undefined;
  if (header === DEFAULT_SECTION) return true;
  if (reader.sections.has(header)) {
    report(
      reader,
      number,
      `While reading from '<string>' [line ${String(number).padStart(2)}]: section '${header}' already exists`,
    );
    return false;
  }
  reader.sections.set(header, new Map());
  return true;
}

function readOption(
  reader: Reader,
  at: { readonly value: string; readonly line: string; readonly number: number },
): boolean {
  const section = reader.section;
  if (section === undefined) {
    const problem = 'File contains no section headers.';
    report(
      reader,
      at.number,
      `${problem}\nfile: '<string>', line: ${at.number}\n${reprText(`${at.line}\n`)}`,
    );
    return false;
  }
  const match = /^(.*?)\s*[=:]\s*(.*)$/.exec(at.value);
  const option = match?.[1]?.trimEnd().toLowerCase() ?? '';
  if (match === null || option === '') {
    const problem = "Source contains parsing errors: '<string>'";
    report(
      reader,
      at.number,
      `${problem}\n\t[line ${String(at.number).padStart(2)}]: ${reprText(`${at.line}\n`)}`,
    );
    return true;
  }
  if (reader.sections.get(section)?.has(option)) {
    const where = `While reading from '<string>' [line ${String(at.number).padStart(2)}]`;
    report(reader, at.number, `${where}: option '${option}' in section '${section}' already exists`);
    return false;
  }
  reader.sections.get(section)?.set(option, [(match[2] ?? '').trim()]);
  reader.option = option;
  return true;
}

function report(reader: Reader, line: number, problem: string): void {
  reader.diagnostics.push({
    severity: 'error',
    code: 'config-syntax',
    message: `Error reading config file (${reader.file}): ${problem}`,
    position: { file: reader.file, line, column: 1 },
  });
}

function lookUp(reader: Reader, section: string, key: string): string | undefined {
  const own = reader.sections.get(section);
  const lines = own?.get(key) ?? (own && reader.sections.get(DEFAULT_SECTION)?.get(key));
  return lines?.join('\n').trimEnd();
}
