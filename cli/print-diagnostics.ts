/** Prints mistakes in the user's files on stderr. */

import type { Diagnostic } from '../shared/base/diagnostic.ts';
import type { ProjectFiles } from '../shared/project/files.ts';
import { renderDiagnostic } from '../shared/project/render-diagnostic.ts';
import type { CommandDeps } from './command-deps.ts';

/** Each with its place, the line there and a caret below it; equal ones once. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  files: Pick<ProjectFiles, 'read'>,
  deps: Pick<CommandDeps, 'err'>,
): void {
  const texts = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, readLine));
  for (const text of new Set(texts)) deps.err(`${text}\n`);

  function readLine(file: string, line: number): string | undefined {
    const content = files.read(file);
    return content === undefined ? undefined : new TextDecoder().decode(content).split('\n')[line - 1];
  }
}
