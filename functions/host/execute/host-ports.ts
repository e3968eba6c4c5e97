/** What a host's run needs from the engine around it. */

import type { Clock } from '../../../shared/base/clock.ts';
import type { Dict } from '../../../shared/base/value.ts';
import type { HostEvent, OrderKey } from '../../../shared/wire/run-event.ts';
import type { Connection, ConnectionTarget } from '../session/session.ts';
import type { ModuleSource } from './remote.ts';

/** Facts that outlive the run. */
export type FactCache = {
  readonly read: (host: string) => Dict | undefined;
  /** Replaces what is kept of the host; nothing when `facts` is empty. */
  readonly write: (host: string, facts: Dict) => void;
};

export type HostPorts = {
  readonly connect: (target: ConnectionTarget) => Connection;
  readonly modules: ModuleSource;
  readonly emit: (event: HostEvent) => void;
  /** The host is at `order` now: everything before it has been emitted. */
  readonly arrive: (order: OrderKey) => void;
  readonly clock: Clock;
  readonly factCache: FactCache;
};
