/** Ports for test hosts that nobody else gets meanwhile: the system gives those of its own range to every connection. */

import { randomInt } from 'node:crypto';
import net from 'node:net';

/** Below what Linux gives to connections by default. */
const FIRST = 10_000;
const LAST = 32_000;

const given = new Set<number>();

/** A port of 127.0.0.1 on which nobody listens, and that this process gives once. */
export async function hostPort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => {
      server.close(() => resolve(true));
    });
  });
}
