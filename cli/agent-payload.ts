/** The built agent: beside the bundle when installed, in dist/ when run from the sources. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AgentPayload, loadAgentPayload } from '../shared/modules/agent-payload.ts';

/** Loads the agent that the build made. */
export function agentPayload(): AgentPayload {
  const here = dirname(fileURLToPath(import.meta.url));
  const directory = [join(here, 'agent'), join(here, '..', 'dist', 'agent')].find((path) =>
    existsSync(join(path, 'boot.bin')),
  );
  if (directory === undefined) throw new Error('the agent has not been built: run `npm run build`');
  return loadAgentPayload(directory);
}
