/** What a host's run needs from the engine around it. */

import type { Clock } from '../../../shared/base/clock.ts';
import type { Dict } from '../../../shared/base/value.ts';
import type { HostEvent, OrderKey } from '../../../shared/wire/run-event.ts';
import type { Connection, ConnectionTarget } from '../session/session.ts';
import type { HostJournal } from './host-journal.ts';
import type { ModuleSource } from './remote.ts';

/** Facts that outlive the run. */
export type FactCache = {
  readonly read: (host: string) => Dict | undefined;
  /** Replaces what is kept of the host; nothing when `facts` is empty. */
  readonly write: (host: string, facts: Dict) => void;
};

export type HostPorts = {
  readonly connect: (target: ConnectionTarget) => Connection;
  /** Whether no agent there remembers what it has executed, so that the journal has to. Absent: all remember. */
  readonly forgets?: (target: ConnectionTarget) => boolean;
  /** Waits for work whose end nobody would know if the host were left meanwhile. */
  readonly guard?: <T>(work: Promise<T>) => Promise<T>;
  readonly modules: ModuleSource;
  readonly emit: (event: HostEvent) => void;
  /** The host is at `order` now: everything before it has been emitted. */
  readonly arrive: (order: OrderKey) => void;
  readonly clock: Clock;
  readonly factCache: FactCache;
  /** Where it takes note of what others need to go on from here; absent where nobody ever does. */
  readonly journal?: HostJournal;
  /** Begins the keys by which agents know requests again: unique among the plays of a run. Absent: none have keys. */
  readonly keyPrefix?: string;
};
