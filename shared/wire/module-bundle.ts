/** Module code on its way to an agent. */

import type { ForeignKind } from './agent-frame.ts';

/** Module code that the agent does not have from its boot; sent once per session. */
export type ModuleBundle = {
  readonly name: string;
  readonly kind: ForeignKind | 'native';
  /** zlib-compressed JSON `{module name: source}`; `__main__` is the module itself. */
  readonly blob: Uint8Array;
};
