/** `sortie run --on aws`: pushes the project unless one is named, starts the run, and follows it. */

import { systemClock } from '../../shared/base/clock.ts';
import { loadConfig } from '../../shared/project/config/load-config.ts';
import { diskFiles } from '../../shared/project/disk-files.ts';
import { createRunId } from '../../shared/store/run-id.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import { exitCodes } from '../../shared/wire/exit-code.ts';
import type { RunRequest } from '../../shared/wire/run-request.ts';
import type { CloudWish } from '../arguments.ts';
import type { Ask } from '../ask.ts';
import type { CommandDeps } from '../command-deps.ts';
import { withJunit } from '../junit-files.ts';
import { findMissingPlaybook } from '../playbook-paths.ts';
import { createRunReport } from '../run-report.ts';
import type { CloudAccess } from './cloud-access.ts';
import { cloudRequest } from './cloud-request.ts';
import { type CloudSettings, cloudSettings } from './cloud-settings.ts';
import { followToTerminal } from './follow-to-terminal.ts';
import { projectRoot } from './prepare-project.ts';
import { pushDirectory } from './push-directory.ts';

export type CloudRunWish = {
  readonly command: readonly string[];
  readonly request: RunRequest;
  readonly isJson: boolean;
  readonly cloud: CloudWish;
};

export type CloudRunDeps = {
  readonly deps: CommandDeps;
  readonly access: CloudAccess;
  readonly ask: Ask;
};

/** Gives the run's own exit code; 0 once it has started when nobody waits for it. */
export async function runInCloud(wish: CloudRunWish, { access, ask, deps }: CloudRunDeps): Promise<number> {
  const { project } = wish.cloud;
  const root = project === undefined ? projectRoot(undefined, deps) : undefined;
  const wanted = cloudRequest(wish.request, { workingDirectory: deps.workingDirectory, root });
  const problem = wanted.kind === 'refused' ? wanted.message : missingPlaybook(wanted.request, root, deps);
  if (wanted.kind === 'refused' || problem !== undefined) {
    deps.err(`ERROR! ${problem}\n`);
    return exitCodes.error;
  }
  const settings = cloudSettings(deps);
  const store = await access.openStore(settings);
  try {
    const hash = await projectHash(wish.cloud, { deps, root, store });
    if (hash === undefined) return exitCodes.error;
    return await start({ ...wish, request: wanted.request }, hash, { access, ask, deps, settings, store });
  } finally {
    await store.close();
  }
}

function missingPlaybook(
  { playbooks }: RunRequest,
  root: string | undefined,
  deps: CommandDeps,
): string | undefined {
  return root === undefined
    ? undefined
    : findMissingPlaybook(playbooks, diskFiles({ ...deps, workingDirectory: root }));
}

type ProjectDeps = {
  readonly deps: CommandDeps;
  readonly root: string | undefined;
  readonly store: RunStore;
};

/** The manifest of the project that is named, or of the directory, which is pushed; undefined when that was refused. */
async function projectHash(
  { allowsKeys, project }: CloudWish,
  { deps, root, store }: ProjectDeps,
): Promise<string | undefined> {
  if (project === undefined) {
    const pushed = await pushDirectory(
      { directory: root, name: undefined, allowsKeys },
      { deps, openStore: async () => store, say: () => undefined },
    );
    return pushed?.hash;
  }
  const found = /^[0-9a-f]{64}$/.test(project) ? project : await store.findProject(project);
  if (found === undefined)
    deps.err(
      `ERROR! no project was pushed under the name ${project}: \`sortie push --name ${project}\` does\n`,
    );
  return found;
}

type Starting = CloudRunDeps & { readonly settings: CloudSettings; readonly store: RunStore };

async function start(wish: CloudRunWish, project: string, starting: Starting): Promise<number> {
  const { access, deps, settings } = starting;
  const runId = createRunId(systemClock);
  const controller = await access.openController(settings);
  try {
    const { command, request } = wish;
    const execution = await controller.start({ kind: 'run', runId, project, request, command });
    if (wish.cloud.isDetached) {
      deps.out(`${runId}\n`);
      return exitCodes.ok;
    }
    if (deps.isTerminal) deps.err(`Run ${runId} of project ${project.slice(0, 12)} has started\n`);
    const { value: config } = loadConfig(diskFiles(deps));
    const report = withJunit(createRunReport({ config, deps, isJson: wish.isJson }), deps);
    return await followToTerminal({ runId, execution, report }, { ...starting, controller });
  } finally {
    controller.close();
  }
}
