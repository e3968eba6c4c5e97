/** The built agent's files: read from dist/agent here; in a function's bundle, their contents stand in this file's place. */

import { fileURLToPath } from 'node:url';
import { type AgentFiles, loadAgentFiles } from '../../shared/modules/agent-payload.ts';

export const agentFiles: AgentFiles = loadAgentFiles(
  fileURLToPath(new URL('../../dist/agent', import.meta.url)),
);
