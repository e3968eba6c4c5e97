/** TCP relays before the ports of a server, which count what passes and can make the server distant. */

import net from 'node:net';

export type Traffic = {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** How often a client spoke after the server, over all connections. */
  readonly turns: number;
  readonly connections: number;
  /** Milliseconds since the epoch; undefined before the first connection. */
  readonly firstConnectionAtMs: number | undefined;
};

export type Relays = {
  /** In the order of the server's ports. */
  readonly ports: readonly number[];
  /** What has passed since the last call. */
  readonly take: () => Traffic;
  readonly stop: () => Promise<void>;
};

type Counter = { -readonly [Key in keyof Traffic]: Traffic[Key] };

/** Relays on 127.0.0.1; each direction takes half of `roundTripMs`, and first bytes wait for TCP's own round trip. */
export async function startRelays(ports: readonly number[], roundTripMs: number): Promise<Relays> {
  const sockets = new Set<net.Socket>();
  const counter = newCounter();
  const servers = ports.map((port) =>
    net.createServer((near) => {
      counter.connections += 1;
      counter.firstConnectionAtMs ??= Date.now();
      const far = net.connect({ port, host: '127.0.0.1', noDelay: true });
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      }
      near.setNoDelay(true);
      count(near, far, counter);
      join(near, far, roundTripMs);
    }),
  );
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))),
  );
  return {
    ports: servers.map(portOf),
    take: () => {
      const traffic = { ...counter };
      Object.assign(counter, newCounter());
      return traffic;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function newCounter(): Counter {
  return { sentBytes: 0, receivedBytes: 0, turns: 0, connections: 0, firstConnectionAtMs: undefined };
}

function portOf(server: net.Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function count(near: net.Socket, far: net.Socket, counter: Counter): void {
  let isServersTurn = true;
  near.on('data', (piece) => {
    counter.sentBytes += piece.length;
    counter.turns += isServersTurn ? 1 : 0;
    isServersTurn = false;
  });
  far.on('data', (piece) => {
    counter.receivedBytes += piece.length;
    isServersTurn = true;
  });
}

/** Passes both ways with the delay, holding a sender back whose receiver is slow. */
function join(near: net.Socket, far: net.Socket, roundTripMs: number): void {
  const openAt = performance.now() + roundTripMs;
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    const later = (step: () => void): void => {
      if (roundTripMs === 0) step();
      else setTimeout(step, Math.max(0, openAt - performance.now()) + roundTripMs / 2);
    };
    from.on('data', (piece) =>
      later(() => {
        if (to.writable && !to.write(piece)) from.pause();
      }),
    );
    to.on('drain', () => from.resume());
    from.on('end', () => later(() => to.end()));
    from.on('error', () => to.destroy());
    to.on('close', () => from.destroy());
  }
}
