/** Says each mistake once, however often its file was read. */

import type { Diagnostic } from '../base/diagnostic.ts';

/** The diagnostics in order, without repetitions. */
export function uniqueDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const { file, line, column } = diagnostic.position ?? { file: '', line: 0, column: 0 };
    const key = [diagnostic.code, diagnostic.message, file, line, column].join('\n');
    if (!seen.has(key)) seen.set(key, diagnostic);
  }
  return [...seen.values()];
}
