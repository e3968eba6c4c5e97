/** S3 on this machine, by fauxqs; objects are kept in memory. */

import type { Server } from 'node:http';
import { loadDevPackage } from './dev-package.ts';
import type { EmulatedService } from './table-service.ts';

export async function openObjectService(): Promise<EmulatedService> {
  const { buildApp } = parseFauxqs(await loadDevPackage('fauxqs'));
  const app = buildApp({ logger: false });
  await app.ready();
  return {
    handle: (request, response) => {
      app.server.emit('request', request, response);
    },
    close: async () => {
      await app.close();
    },
  };
}

type App = {
  readonly server: Server;
  readonly ready: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
};
type Fauxqs = { readonly buildApp: (options: { readonly logger: boolean }) => App };

function parseFauxqs(loaded: unknown): Fauxqs {
  const fauxqs = loaded as Partial<Fauxqs>;
  if (typeof fauxqs.buildApp !== 'function') throw new Error('fauxqs exports no buildApp');
  return { buildApp: fauxqs.buildApp };
}
