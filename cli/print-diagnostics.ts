/** Prints mistakes in the user's files on stderr. */

import type { Diagnostic } from '../shared/base/diagnostic.ts';
import type { ProjectFiles } from '../shared/project/files.ts';
import { renderDiagnostic, sourceLines, warningText } from '../shared/project/render-diagnostic.ts';
import { createScreen } from '../shared/report/screen.ts';
import type { CommandDeps } from './command-deps.ts';

/** Warnings as Ansible prints them; errors with their place, the line there and a caret below it. Equal ones once. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  files: Pick<ProjectFiles, 'read'>,
  deps: Pick<CommandDeps, 'columns' | 'err'>,
): void {
  const screen = createScreen({ columns: deps.columns }, deps.err);
  for (const diagnostic of diagnostics)
    if (diagnostic.severity === 'warning') screen.warning(warningText(diagnostic));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const texts = errors.map((diagnostic) => renderDiagnostic(diagnostic, sourceLines(files)));
  for (const text of new Set(texts)) deps.err(`${text}\n`);
}
