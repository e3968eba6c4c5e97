/** What connections need in tests: the built agent, and an environment without anybody's own ssh files. */

import { randomBytes } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConnectionDeps } from '../../functions/host/session/connection.ts';
import type { Reply, Session } from '../../functions/host/session/session.ts';
import { loadAgentPayload } from '../../shared/modules/agent-payload.ts';

export type TestDeps = ConnectionDeps & { readonly warnings: readonly string[] };

const agentDirectory = fileURLToPath(new URL('../../dist/agent', import.meta.url));

/** Fresh deps; what is warned about is kept in `warnings`. */
export function testDeps(authSocket?: string): TestDeps {
  const warnings: string[] = [];
  return {
    agent: loadAgentPayload(agentDirectory),
    environment: { home: path.join(tmpdir(), 'sortie-no-home'), user: userInfo().username, authSocket },
    warn: (message) => warnings.push(message),
    randomBytes,
    warnings,
  };
}

/** Runs a command line with the agent's `shell` module. */
export function shell(session: Session, line: string): Promise<Reply> {
  return session.run({ module: 'shell', args: new Map([['_raw_params', line]]) });
}

/** The stdout of a reply that must be a result. */
export function stdoutOf(reply: Reply): unknown {
  if (reply.kind !== 'result') {
    throw new Error(`no result: ${JSON.stringify(reply)}`);
  }
  return reply.result.get('stdout');
}
