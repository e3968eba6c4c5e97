/** A TCP relay that counts bytes and turns (changes of direction), and can make the way longer. */

import net from 'node:net';

export type Traffic = { readonly sent: number; readonly received: number; readonly turns: number };

export type Relay = {
  readonly port: number;
  /** What went through since the last call; `sent` is towards the host. */
  readonly take: () => Traffic;
  readonly stop: () => Promise<void>;
};

type Direction = 'received' | 'sent';

/** Relays connections to a port of 127.0.0.1; what arrives is passed on after `delayMs`. */
export async function startRelay(target: number, delayMs: number): Promise<Relay> {
  const counted = { sent: 0, received: 0, turns: 0 };
  let last: Direction | undefined;
  const count = (direction: Direction, bytes: number): void => {
    counted[direction] += bytes;
    if (direction !== last) counted.turns += 1;
    last = direction;
  };
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (client) => {
    const host = net.connect({ port: target, host: '127.0.0.1', noDelay: true });
    for (const socket of [client, host]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(socket));
    }
    pump([client, host], delayMs, (bytes) => count('sent', bytes));
    pump([host, client], delayMs, (bytes) => count('received', bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    take: () => {
      const taken = { ...counted };
      Object.assign(counted, { sent: 0, received: 0, turns: 0 });
      last = undefined;
      return taken;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Timers of equal length fire in order, so pieces stay in order. */
function pump(
  [from, to]: readonly [net.Socket, net.Socket],
  delayMs: number,
  count: (bytes: number) => void,
): void {
  const later = (act: () => void): void => {
    if (delayMs === 0) act();
    else setTimeout(act, delayMs);
  };
  from.on('data', (piece) => {
    count(piece.length);
    later(() => to.write(piece));
  });
  from.on('end', () => later(() => to.end()));
}
