/** Which tasks a host passes over without a word. */

import { isGatheringTask } from '../../../shared/plan/play-nodes.ts';
import { isSelected } from '../../../shared/plan/tags.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { arrivedFacts, type HostState } from './host-state.ts';
import type { PlayContext } from './play-context.ts';
import { taskTags } from './task-tags.ts';

type PassedSite = { readonly state: HostState; readonly context: PlayContext; readonly env: Environment };

/** Before the task to start at, not selected by tags, facts that are there already, or of a role that has run before. */
export function isPassedOver(task: Task, { state, context, env }: PassedSite): boolean {
  if (state.startsAt !== undefined && !isGatheringTask(task)) return true;
  const { tags, skipTags } = context.settings;
  const isChosen = task.isHandler || isSelected(taskTags(task, env), { only: tags, skip: skipTags });
  if (!isChosen) return true;
  if (isGatheringTask(task) && context.isSmartGathering && hasFacts(state)) return true;
  const { role } = task;
  const first = role === undefined ? undefined : state.ranRoles.get(role.identity);
  return role !== undefined && first !== undefined && first !== role && !role.allowDuplicates;
}

/** Whether facts were gathered on the host, in this run or in one whose facts are kept. */
function hasFacts({ vars }: HostState): boolean {
  return vars.facts.some((layer) => arrivedFacts(layer)?.has('_ansible_facts_gathered') === true);
}
