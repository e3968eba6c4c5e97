/** Flags as users write them: `yes`, `true`, `on`, `1`. */

import type { Value } from '../base/value.ts';

/** Whether a written flag is on, as Ansible reads booleans. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'string')
    return ['yes', 'on', '1', 'true', 't', 'y'].includes(value.trim().toLowerCase());
  return value === true || value === 1;
}
