/** Any module without an action of its own: its arguments go to the target as they are. */

import type { RemoteAction } from './action.ts';

/** Runs the module that the action is named after. */
export const runModule: RemoteAction = ({ name, args }, remote) => ({
  reply: remote.run(name, args),
  isWhole: true,
});
