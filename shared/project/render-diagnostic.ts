/** Shows a mistake as a user reads it: what is wrong, where, the line with a caret below it, and a way out. */

import type { Diagnostic, Position } from '../base/diagnostic.ts';
import type { ProjectFiles } from './files.ts';

/** Gives one line of a file, counted from 1, or undefined when it cannot be shown. */
export type ReadLine = (file: string, line: number) => string | undefined;

/** The text of one diagnostic, without a line break at its end. */
export function renderDiagnostic(diagnostic: Diagnostic, readLine: ReadLine): string {
  const { message, code, position, hint } = diagnostic;
  const title = diagnostic.severity === 'error' ? `ERROR! ${message}` : `[WARNING]: ${message}`;
  return [
    `${title} [${code}]`,
    ...(position === undefined ? [] : renderPlace(position, readLine)),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ].join('\n');
}

/** The lines of the project's own files. */
export function sourceLines(files: Pick<ProjectFiles, 'read'>): ReadLine {
  return (file, line) => {
    const content = files.read(file);
    return content === undefined ? undefined : new TextDecoder().decode(content).split('\n')[line - 1];
  };
}

/** A warning in one sentence; many name their place themselves. */
export function warningText({ hint, message, position }: Diagnostic): string {
  const place =
    position === undefined || message.includes(position.file)
      ? ''
      : ` (${position.file}:${position.line}:${position.column})`;
  return `${message}${place}${hint === undefined ? '' : ` ${hint}`}`;
}

function renderPlace(position: Position, readLine: ReadLine): readonly string[] {
  const place = `  at ${position.file}:${position.line}:${position.column}`;
  const line = readLine(position.file, position.line);
  if (line === undefined) return [place];
  const number = String(position.line);
  const margin = ' '.repeat(number.length);
  return [place, `  ${number} | ${line}`.trimEnd(), `  ${margin} | ${caret(line, position.column)}`];
}

/** Blanks up to the column (tabs stay tabs) and carets below the word that stands there. */
function caret(line: string, column: number): string {
  const characters = [...line];
  const before = characters.slice(0, column - 1).map((character) => (character === '\t' ? '\t' : ' '));
  const word = /^[\w.-]*/.exec(characters.slice(column - 1).join(''))?.[0] ?? '';
  return `${before.join('')}${'^'.repeat(Math.max(1, word.length))}`;
}
