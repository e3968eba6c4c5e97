/** What Ansible says of filters and tests that it cannot find. */

import { reprText } from './python-repr.ts';

const PLUGIN_NAME = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*){2,}$/u;

/** The message for a filter or test of that name: unknown, or no name that a plugin can have. */
export function couldNotLoad(name: string): string {
  const qualified = name.includes('.') ? name : `ansible.builtin.${name}`;
  const reason = PLUGIN_NAME.test(qualified) ? name : `invalid plugin name: ${qualified}`;
  return `Could not load "${name}": ${reprText(reason)}`;
}
