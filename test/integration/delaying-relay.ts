/** A TCP relay that makes loopback feel like a distant host, and counts the turns of the conversation. */

import net from 'node:net';

export type Relay = {
  readonly port: number;
  /** How often the client spoke after the server, over all connections. */
  readonly turns: () => number;
  readonly connections: () => number;
  /** Cuts all connections, as a network does that goes away. */
  readonly cut: () => void;
  /** Lets nothing through any more, without a word to either side. */
  readonly freeze: () => void;
  /** Cuts the first connection when the client speaks for the given time, before the server hears it. */
  readonly cutFirstAtTurn: (turn: number) => void;
  readonly stop: () => Promise<void>;
};

/** Relays to `port`; each direction takes half of `roundTripMs`, and the first bytes wait for TCP's own round trip. */
export async function startRelay(port: number, roundTripMs: number): Promise<Relay> {
  const sockets = new Set<net.Socket>();
  let turns = 0;
  let connections = 0;
  let isFrozen = false;
  let cutAt = Number.POSITIVE_INFINITY;
  const server = net.createServer((near) => {
    connections += 1;
    const far = net.connect({ port, host: '127.0.0.1', noDelay: true });
    near.setNoDelay(true);
    let lastSpeaker = far;
    near.prependListener('data', () => {
      turns += lastSpeaker === far ? 1 : 0;
      lastSpeaker = near;
      if (connections === 1 && turns >= cutAt) {
        near.destroy();
        far.destroy();
      }
    });
    far.prependListener('data', () => {
      lastSpeaker = far;
    });
    const openAt = performance.now() + roundTripMs;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      const later = (step: () => void): void => {
        setTimeout(step, Math.max(0, openAt - performance.now()) + roundTripMs / 2);
      };
      from.on('data', (piece) => later(() => !isFrozen && to.writable && to.write(piece)));
      from.on('end', () => later(() => to.end()));
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cut = (): void => {
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    turns: () => turns,
    connections: () => connections,
    cut,
    freeze: () => {
      isFrozen = true;
    },
    cutFirstAtTurn: (turn) => {
      cutAt = turn;
    },
    stop: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
