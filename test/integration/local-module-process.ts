/** Runs local modules for the driver of their cases: a line of JSON for each request, and one for each result. */

import { createInterface } from 'node:readline';
import { openLocalConnection } from '../../functions/host/local-session.ts';
import type { SessionRequest } from '../../functions/host/session/session.ts';
import { systemClock } from '../../shared/base/clock.ts';
import { formatJson, parseJson } from '../../shared/base/json.ts';
import { type Dict, isDict } from '../../shared/base/value.ts';
import { localTarget } from '../unit/local-modules/local-target.ts';

const { PATH, SHELL } = process.env;
const environment = { HOME: '/root', LANG: 'C.UTF-8', PATH, SHELL, TZ: 'UTC' };
const session = await openLocalConnection(localTarget(process.cwd()), {
  environment,
  clock: systemClock,
}).session();

for await (const line of createInterface({ input: process.stdin })) {
  const request = parseJson(line);
  if (!isDict(request)) throw new Error(`no request: ${line}`);
  const reply = await session.run({ ...requestOf(request), tolerated: true });
  const result = reply.kind === 'result' ? reply.result : new Map([['reply', JSON.stringify(reply)]]);
  process.stdout.write(`${formatJson(result)}\n`);
}

function requestOf(request: Dict): SessionRequest {
  const content = request.get('content');
  const bytes = typeof content === 'string' ? Buffer.from(content, 'base64') : undefined;
  const args = request.get('args');
  return {
    module: String(request.get('module')),
    args: isDict(args) ? args : new Map(),
    check: request.get('check') === true,
    diff: request.get('diff') === true,
    ...(bytes === undefined ? {} : { content: { size: bytes.length, open: () => piecesOf(bytes) } }),
  };
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
