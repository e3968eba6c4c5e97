/** A client in a process of its own, which a test can kill or freeze: appends to a file with a kept agent. */

import { openConnection } from '../../functions/host/session/connection.ts';
import type { ConnectionTarget } from '../../functions/host/session/session.ts';
import { testDeps } from './session-deps.ts';

type Job = {
  readonly target: ConnectionTarget;
  /** Command lines, each sent under itself as its key. */
  readonly lines: readonly string[];
};

const job: Job = JSON.parse(process.argv[2] ?? '');
const session = await openConnection(job.target, testDeps()).session();
for (const line of job.lines) {
  const args = new Map([['_raw_params', line]]);
  void session
    .run({ module: 'shell', args, key: line })
    .then((reply) => process.stdout.write(`${reply.kind} ${line}\n`));
}
