/** The agent that a host function carries in its own package. */

import { type AgentPayload, agentPayloadOf } from '../../shared/modules/agent-payload.ts';
import { agentFiles } from './agent-files.ts';

let payload: AgentPayload | undefined;

/** What to send to a target; made once per environment. */
export function embeddedAgent(): AgentPayload {
  payload ??= agentPayloadOf(agentFiles);
  return payload;
}
