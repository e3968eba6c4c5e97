/** Renders until nothing is on its way any more. */

import { Suspension } from '../../../shared/template/template-error.ts';

/** Calls again after each suspension, as the executor renders again. */
export async function settle<T>(attempt: () => T): Promise<T> {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof Suspension)) throw error;
      await error.until;
    }
  }
}
