/** The last resort of the command line: what is thrown becomes a message and an exit code. */

import { RunAbort } from '../shared/base/abort.ts';
import { FailureError } from '../shared/base/failure.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import type { CommandDeps } from './command-deps.ts';

/** Prints what went wrong: a failure of the world in its own words, a mistake of ours with its trace. */
export function reportError(error: unknown, deps: Pick<CommandDeps, 'err'>): number {
  if (error instanceof FailureError) {
    const { detail, message } = error.failure;
    deps.err(`ERROR! ${message}\n${detail === undefined ? '' : `${detail}\n`}`);
    return exitCodes.error;
  }
  if (error instanceof RunAbort) {
    for (const warning of error.warnings) deps.err(`[WARNING]: ${warning}\n`);
    deps.err(`ERROR! ${error.message}\n`);
    return error.isParserError ? exitCodes.parserError : exitCodes.error;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  deps.err(`ERROR! Unexpected Exception, this is probably a bug: ${trace}\n`);
  return exitCodes.unexpected;
}
