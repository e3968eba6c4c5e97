/** The controller function at the edge of AWS Lambda: a run, or a share of the hosts of one of its stages. */

import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { systemClock } from '../../shared/base/clock.ts';
import { specialForms } from '../../shared/template/special-json.ts';
import type { ControllerInvocation } from '../../shared/wire/stage.ts';
import { loadCloudProject } from '../host/cloud-project.ts';
import { functionEnvironment } from '../host/function-environment.ts';
import { functionSettings } from '../host/function-settings.ts';
import { runShard } from './ask-hosts.ts';
import { runInCloud } from './cloud-run.ts';
import { createDurableStageRunner } from './durable-stage-runner.ts';
import { askAgain, steadyBlobs } from './steady-blobs.ts';

/** Gives a run's exit code, or a share's answers. */
export const handler: ReturnType<typeof withDurableExecution> = withDurableExecution(
  async (event: ControllerInvocation, context: DurableContext): Promise<number | string> => {
    const { clock, projects, sealer, store } = await askAgain(
      () => functionEnvironment(process.env),
      systemClock,
    );
    const runner = createDurableStageRunner(context, functionSettings(process.env));
    const blobs = { store: steadyBlobs(store, clock), sealer, forms: specialForms };
    if (event.kind === 'shard') return runShard(event, { runner, blobs });
    const loadProject = (): ReturnType<typeof loadCloudProject> =>
      askAgain(() => loadCloudProject(event, projects), clock);
    return runInCloud(event, { runner, blobs, store, clock, loadProject });
  },
);
