/** What the commands for the cloud need of it: made here over AWS, made anew by tests. */

import { systemClock } from '../../shared/base/clock.ts';
import { limits } from '../../shared/base/limits.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import type { CloudSettings } from './cloud-settings.ts';
import type { Controller } from './controller-client.ts';

export type CloudAccess = {
  readonly openStore: (settings: CloudSettings) => Promise<RunStore>;
  readonly openController: (settings: CloudSettings) => Promise<Controller>;
};

/** The SDK is loaded when something is opened: no other command pays for it. */
export const awsAccess: CloudAccess = {
  openStore: async ({ bucket, region, table }) => {
    const { openDynamoStore } = await import('../../shared/store/dynamo-store.ts');
    const { now, sleep } = systemClock;
    return openDynamoStore({
      table,
      bucket,
      now,
      sleep,
      retentionDays: limits.runHistoryDays,
      ...(region === undefined ? {} : { clients: { dynamo: { region }, s3: { region } } }),
    });
  },
  openController: async (settings) => (await import('./controller-client.ts')).openController(settings),
};
