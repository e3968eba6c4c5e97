/** The connections of one host's run: to itself and to the hosts it delegates to, each opened once. */

import type { Connection, ConnectionTarget } from '../session/session.ts';
import type { Way } from './remote.ts';

export type Ways = {
  readonly to: (target: ConnectionTarget) => Way;
  /** Drops every connection that leads to `host`. */
  readonly reset: (host: string) => Promise<void>;
  /** Lets the agent behind a way drop its answers to the requests with these keys. */
  readonly forget: (key: string, requests: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
  /** Closes all connections; agents that are kept go on. */
  readonly detach: () => Promise<void>;
};

type OpenWay = {
  readonly target: ConnectionTarget;
  readonly connection: Connection;
  epoch: number;
  hasAgent: boolean;
};

export type WaysDeps = {
  readonly connect: (target: ConnectionTarget) => Connection;
  /** Awaited before an agent is ended on purpose. */
  readonly onReset: (key: string) => Promise<void>;
};

/** Ways that share connections between targets that are reached alike. */
export function createWays({ connect, onReset }: WaysDeps): Ways {
  const open = new Map<string, OpenWay>();
  const drop = async (key: string): Promise<void> => {
    const entry = open.get(key);
    open.delete(key);
    await entry?.connection.close();
  };
  const reset = async (key: string): Promise<void> => {
    if (open.get(key)?.hasAgent === true) await onReset(key);
    await drop(key);
  };
  return {
    to: (target) => {
      const key = wayKey(target);
      return {
        key,
        target,
        connection: () => {
          const known = open.get(key);
          if (known !== undefined) return known.connection;
          const connection = connect(target);
          open.set(key, { target, connection, epoch: 0, hasAgent: false });
          return connection;
        },
        epoch: () => open.get(key)?.epoch ?? 0,
        noteEpoch: (epoch) => {
          const entry = open.get(key);
          if (entry !== undefined) entry.epoch = Math.max(entry.epoch, epoch);
        },
        noteAgent: () => {
          const entry = open.get(key);
          if (entry !== undefined) entry.hasAgent = true;
        },
        drop: async (connection) => {
          if (open.get(key)?.connection === connection) await drop(key);
        },
        reset: () => reset(key),
      };
    },
    reset: async (host) => {
      for (const [key, entry] of [...open]) if (entry.target.host === host) await reset(key);
    },
    forget: async (key, requests) => {
      // One that cannot be reached has nothing to forget: its next session finds no agent, or one that tells again.
      const session = await open
        .get(key)
        ?.connection.session()
        .catch(() => undefined);
      session?.forget(requests);
    },
    close: async () => {
      await Promise.all([...open.keys()].map(drop));
    },
    detach: async () => {
      const connections = [...open.values()].map(({ connection }) => connection);
      open.clear();
      await Promise.all(connections.map((connection) => connection.detach()));
    },
  };
}

/** The name of a way: the same for all targets that are reached alike. */
export function wayKey(target: ConnectionTarget): string {
  const place = target.kind === 'local' ? target.directory : target.address;
  return [target.kind, target.host, place, target.port, target.user, target.python].join(' ');
}
