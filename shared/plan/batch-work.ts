/** What the hosts of a serial batch must know of the play that they go through together. */

import type { Dict } from '../base/value.ts';
import type { Inventory } from '../project/inventory/inventory.ts';
import type { Play } from '../project/model.ts';

/** The stretch of a play over one serial batch of hosts. */
export type BatchWork = {
  readonly play: Play;
  readonly inventory: Inventory;
  readonly promptVars: Dict;
  readonly gathersFacts: boolean;
  readonly isLockStep: boolean;
  readonly hosts: BatchHosts;
  /** Hosts in the batch when it began. */
  readonly batchSize: number;
  readonly maxFailPercentage: number | undefined;
};

export type BatchHosts = {
  /** All hosts of the play. */
  readonly all: readonly string[];
  /** Of these, those that have not failed. */
  readonly active: readonly string[];
  /** Of these, those of the batch at hand. */
  readonly batch: readonly string[];
};
