/** The exit code of a run that mistakes in the user's files keep from beginning. */

import type { Diagnostic } from '../../shared/base/diagnostic.ts';
import { exitCodes } from '../../shared/wire/exit-code.ts';

/**
 * That of the first mistake, at which Ansible stops. A vault that no password opens is no mistake in a file; nor is a setting,
 * which has a code of its own.
 */
export function codeOfMistakes(diagnostics: readonly Diagnostic[]): number {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.some(({ code }) => code.startsWith('config-'))) return exitCodes.configuration;
  const [first] = errors;
  if (first?.exitCode !== undefined || first?.code.startsWith('vault-')) return exitCodes.error;
  return exitCodes.parserError;
}
