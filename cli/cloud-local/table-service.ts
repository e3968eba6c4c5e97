/** DynamoDB on this machine, by dynalite. */

import type { RequestListener, Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadDevPackage } from './dev-package.ts';
import { send } from './http-front.ts';
import { tableAnswer } from './template-answers.ts';

export type EmulatedService = { readonly handle: RequestListener; readonly close: () => Promise<void> };

/** Time in which dynalite has answered whatever it was asked, in ms. */
const LAST_REQUEST_MS = 300;

/** Tables in memory, or in `directory`. */
export async function openTableService(directory: string | undefined): Promise<EmulatedService> {
  const dynalite = parseDynalite(await loadDevPackage('dynalite'));
  const options = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  const server = dynalite(directory === undefined ? options : { ...options, path: directory });
  // Requests come through the front, but dynalite closes its database only behind a server that listens.
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    handle: (request, response) => {
      const known = tableAnswer(request);
      if (known === undefined) server.emit('request', request, response);
      else send(response, known);
    },
    close: async () => {
      // It throws where nobody can catch it when its database closes under a request, even one whose client is gone.
      await sleep(LAST_REQUEST_MS);
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

type Dynalite = (options: Readonly<Record<string, unknown>>) => Server;

function parseDynalite(loaded: unknown): Dynalite {
  const { default: dynalite } = loaded as { default?: unknown };
  if (typeof dynalite !== 'function') throw new Error('dynalite exports no function');
  return dynalite as Dynalite;
}
