/** `gather_facts`: the facts that a play asks for before its first task. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import type { ActionReply, RemoteAction } from './action.ts';

/** Runs setup with what the play says of facts. */
export const gatherFacts: RemoteAction = ({ args }, remote) => {
  const kept: Dict = new Map([...args].filter(([name]) => name !== 'parallel'));
  return { reply: remote.run('setup', kept).then(silenced), isWhole: true };
};

/** Facts are not printed, whatever the verbosity. */
function silenced(reply: ActionReply): ActionReply {
  if (reply === 'discarded') return reply;
  return new Map<Value, Value>([...reply, ['_ansible_verbose_override', true]]);
}
