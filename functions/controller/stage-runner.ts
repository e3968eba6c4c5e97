/** What the controller in the cloud needs of a durable execution: work that is done once, and calls of functions. */

import type { ControllerInvocation, HostInvocation } from '../../shared/wire/stage.ts';

/**
 * Whoever replays the controller calls these in the same order with the same names; what was done before is not done
 * again, its result is given again.
 */
export type StageRunner = {
  /** Does the work once, trying again what may be tried again; gives the text that it gave. */
  readonly step: (name: string, work: () => Promise<string>) => Promise<string>;
  /** Calls functions, in order, at most `width` at a time. Ends by position, whatever the order in which they come. */
  readonly call: (name: string, calls: readonly FunctionCall[], width: number) => Promise<readonly CallEnd[]>;
};

export type FunctionCall =
  | { readonly to: 'controller'; readonly name: string; readonly event: ControllerInvocation }
  | { readonly to: 'host'; readonly name: string; readonly event: HostInvocation };

/** What a function returned, or why it could not be brought to an end. */
export type CallEnd =
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'returned'; readonly text: string };
