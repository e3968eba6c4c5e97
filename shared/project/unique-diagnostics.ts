/** Puts mistakes in the order in which users look for them: file by file, line by line, each once. */

import type { Diagnostic } from '../base/diagnostic.ts';

/** The diagnostics without repetitions; files in the order in which they first came up. */
export function uniqueDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const unique = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const { file, line, column } = diagnostic.position ?? { file: '', line: 0, column: 0 };
    const key = [diagnostic.code, diagnostic.message, file, line, column].join('\n');
    if (!unique.has(key)) unique.set(key, diagnostic);
  }
  const files = [...new Set([...unique.values()].map((one) => one.position?.file))];
  return [...unique.values()].sort(
    (one, other) =>
      files.indexOf(one.position?.file) - files.indexOf(other.position?.file) ||
      (one.position?.line ?? 0) - (other.position?.line ?? 0) ||
      (one.position?.column ?? 0) - (other.position?.column ?? 0),
  );
}
