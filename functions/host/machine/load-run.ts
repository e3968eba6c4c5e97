/** Loads what a request names: its modules, and the project, whose tasks may name those modules only. */

import type { Clock } from '../../../shared/base/clock.ts';
import type { Checked } from '../../../shared/base/diagnostic.ts';
import type { VaultSecret } from '../../../shared/base/vault.ts';
import type { AgentPayload } from '../../../shared/modules/agent-payload.ts';
import type { Config } from '../../../shared/project/config/load-config.ts';
import type { ProjectFiles } from '../../../shared/project/files.ts';
import { loadProject, type Project } from '../../../shared/project/load-project.ts';
import type { RunRequest } from '../../../shared/wire/run-request.ts';
import type { LocalMachine } from '../execute/play-context.ts';
import { moduleSource, type RunModules } from './module-source.ts';

export type LoadRunDeps = {
  readonly config: Config;
  readonly secrets: readonly VaultSecret[];
  readonly files: ProjectFiles;
  readonly local: LocalMachine;
  readonly clock: Clock;
  readonly agent: AgentPayload;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** The value may be used only when no diagnostic is an error. */
export function loadRun(
  request: RunRequest,
  { agent, clock, config, environment, files, local, secrets }: LoadRunDeps,
): Checked<{ readonly project: Project; readonly modules: RunModules }> {
  const modules = moduleSource({
    modulePaths: request.modulePaths,
    config,
    agent,
    environment,
    homeDirectory: files.homeDirectory,
  });
  const { diagnostics, value: project } = loadProject(
    {
      playbooks: request.playbooks,
      inventory: request.inventory,
      limit: request.limit,
      extraVars: request.extraVars,
    },
    {
      config,
      secrets,
      files,
      local,
      now: clock.now,
      randomBytes: clock.randomBytes,
      isKnownAction: modules.isKnown,
      noteRole: modules.addRole,
    },
  );
  return { diagnostics, value: { project, modules } };
}
