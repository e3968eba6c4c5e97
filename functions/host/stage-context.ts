/** From a stage's record to what its hosts need to know of their play. */

import type { BatchWork } from '../../shared/plan/batch-work.ts';
import type { Inventory } from '../../shared/project/inventory/inventory.ts';
import { builderOptions } from '../../shared/project/inventory/inventory-builder.ts';
import { changeInventory } from '../../shared/project/inventory/result-changes.ts';
import type { Project } from '../../shared/project/load-project.ts';
import type { StageHosts, StageWork } from '../../shared/wire/stage.ts';

/** The work of the stage's batch, over the project that it names. */
export function batchWorkOf(stage: StageWork, hosts: StageHosts, project: Project): BatchWork {
  const play = project.playbooks[stage.play.playbook]?.plays[stage.play.play];
  if (play === undefined)
    throw new Error(`the project has no play ${stage.play.playbook}/${stage.play.play}`);
  const lost = new Set(stage.lost);
  const left = (names: readonly string[]): readonly string[] => names.filter((name) => !lost.has(name));
  return {
    play,
    inventory: changedInventory(stage, project),
    promptVars: stage.promptVars,
    gathersFacts: stage.gathersFacts,
    isLockStep: stage.isLockStep,
    hosts: { all: hosts.all, active: left(hosts.all), batch: left(hosts.batch) },
    batchSize: stage.batchSize,
    maxFailPercentage: stage.maxFailPercentage,
  };
}

function changedInventory({ changes }: StageWork, project: Project): Inventory {
  return changeInventory(project.inventory, changes, builderOptions(project.config)).inventory;
}
