/** The connections of one host's run: to itself and to the hosts it delegates to, each opened once. */

import type { Connection, ConnectionTarget } from '../session/session.ts';
import type { Way } from './remote.ts';

export type Ways = {
  readonly to: (target: ConnectionTarget) => Way;
  /** Drops every connection that leads to `host`. */
  readonly reset: (host: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

type OpenWay = { readonly target: ConnectionTarget; readonly connection: Connection; epoch: number };

/** Ways that share connections between targets that are reached alike. */
export function createWays(connect: (target: ConnectionTarget) => Connection): Ways {
  const open = new Map<string, OpenWay>();
  const drop = async (key: string): Promise<void> => {
    const entry = open.get(key);
    open.delete(key);
    await entry?.connection.close();
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
          open.set(key, { target, connection, epoch: 0 });
          return connection;
        },
        epoch: () => open.get(key)?.epoch ?? 0,
        noteEpoch: (epoch) => {
          const entry = open.get(key);
          if (entry !== undefined) entry.epoch = Math.max(entry.epoch, epoch);
        },
        drop: () => drop(key),
      };
    },
    reset: async (host) => {
      for (const [key, entry] of [...open]) if (entry.target.host === host) await drop(key);
    },
    close: async () => {
      await Promise.all([...open.keys()].map(drop));
    },
  };
}

function wayKey(target: ConnectionTarget): string {
  const place = target.kind === 'local' ? target.directory : target.address;
  return [target.kind, target.host, place, target.port, target.user, target.python].join(' ');
}
