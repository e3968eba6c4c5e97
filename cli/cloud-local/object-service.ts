/** S3 on this machine, by fauxqs, which keeps objects in memory; here they are kept on disk besides. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { loadDevPackage } from './dev-package.ts';
import { readBytes, send } from './http-front.ts';
import { openKeptObjects } from './kept-objects.ts';
import type { EmulatedService } from './table-service.ts';
import { bucketAnswer } from './template-answers.ts';

/** Objects in memory, and in `directory` if there is one. */
export async function openObjectService(directory: string | undefined): Promise<EmulatedService> {
  const { buildApp } = parseFauxqs(await loadDevPackage('fauxqs'));
  const app = buildApp({ logger: false });
  const kept = openKeptObjects(directory);
  for (const { bytes, path } of kept.all()) await app.inject({ method: 'PUT', url: path, payload: bytes });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { headers, method = 'GET', url = '/' } = request;
    const payload = await readBytes(request);
    const answer = await app.inject({ method, url, headers, payload });
    const [path = ''] = url.split('?');
    if (answer.statusCode < 300 && method === 'PUT') kept.put({ path, bytes: payload });
    if (answer.statusCode < 300 && method === 'DELETE') kept.remove(path);
    response.writeHead(answer.statusCode, answer.headers);
    response.end(method === 'HEAD' ? undefined : answer.rawPayload);
  };
  return {
    handle: (request, response) => {
      const known = bucketAnswer(request);
      if (known !== undefined) send(response, known);
      else serve(request, response).catch((error: Error) => response.destroy(error));
    },
    close: async () => {
      await app.close();
    },
  };
}

type Injected = {
  readonly method: string;
  readonly url: string;
  readonly headers?: IncomingMessage['headers'];
  readonly payload: Uint8Array;
};

type App = {
  readonly inject: (request: Injected) => Promise<{
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly rawPayload: Buffer;
  }>;
  readonly close: () => Promise<unknown>;
};

type Fauxqs = { readonly buildApp: (options: { readonly logger: boolean }) => App };

function parseFauxqs(loaded: unknown): Fauxqs {
  const fauxqs = loaded as Partial<Fauxqs>;
  if (typeof fauxqs.buildApp !== 'function') throw new Error('fauxqs exports no buildApp');
  return { buildApp: fauxqs.buildApp };
}
