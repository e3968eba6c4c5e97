/** `sortie_rerun`: a task that may run twice, said by its variables, runs again when nobody knows whether it did. */

import type { ActionCall } from '../actions/action.ts';
import { flagOf } from './task-keywords.ts';

/** Whether the call may be executed a second time. */
export function mayRerun({ env }: ActionCall): boolean {
  return flagOf('sortie_rerun', env.scope.resolve('sortie_rerun')) ?? false;
}
