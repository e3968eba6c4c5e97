/** The algorithms that a connection offers: ssh2's own lists, as ssh's configuration changes them. */

import type { ConnectConfig } from 'ssh2';
import type { Recorded } from './fleet-host-keys.ts';
import { hostKeyAlgorithms } from './host-key.ts';
import type { SshPlan } from './ssh-plan.ts';

/** The lists that differ from ssh2's. */
export function algorithmsOf(
  plan: SshPlan,
  recorded: Recorded | undefined,
): NonNullable<ConnectConfig['algorithms']> {
  const lists = Object.entries(plan.algorithms).map(([name, text]) => [name, algorithmList(text)]);
  return { serverHostKey: hostKeyAlgorithms(plan, recorded), ...Object.fromEntries(lists) };
}

/** ssh's notation for lists: a sign in front changes the default list. */
function algorithmList(text: string): unknown {
  const names = text.slice(1).split(',');
  switch (text.charAt(0)) {
    case '+':
      return { append: names };
    case '-':
      return { remove: names };
    case '^':
      return { prepend: names };
    default:
      return text.split(',');
  }
}
