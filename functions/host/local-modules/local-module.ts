/** What a module in TypeScript is: it does on the machine of a function what the agent's does on a target with Python. */

import type { Clock } from '../../../shared/base/clock.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Content } from '../session/session.ts';

/** What a module may use besides its arguments. */
export type LocalContext = {
  /** All that the module and its processes see of an environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where relative paths begin and processes start. */
  readonly directory: string;
  readonly isCheck: boolean;
  readonly isDiff: boolean;
  readonly content: Content | undefined;
  /** When the request was begun for the first time, in ms since the epoch: by an earlier run, perhaps. */
  readonly begunAtMs: number;
  readonly clock: Clock;
  /** Aborted when the request is to be stopped. */
  readonly signal: AbortSignal;
  /** Adds a warning to the result, once. */
  readonly warn: (text: string) => void;
  /** The arguments as `invocation` shows them, and the names of those whose values it does not show. */
  readonly noteArguments: (args: Dict, secret: readonly string[]) => void;
};

/** Gives the module's result. Throws ModuleFailure. */
export type LocalModule = (args: Dict, context: LocalContext) => Dict | Promise<Dict>;

/** Ends a module with `failed: true`, this message and further result keys. */
export class ModuleFailure extends Error {
  readonly result: Dict;

  constructor(message: string, result: Iterable<readonly [Value, Value]> = []) {
    super(message);
    this.name = 'ModuleFailure';
    this.result = new Map(result);
  }
}
