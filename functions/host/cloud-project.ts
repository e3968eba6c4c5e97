/** The project of a run as a function has it: unpacked and loaded once for each environment, then reused. */

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../shared/base/clock.ts';
import type { Diagnostic } from '../../shared/base/diagnostic.ts';
import type { VaultSecret } from '../../shared/base/vault.ts';
import type { AgentPayload } from '../../shared/modules/agent-payload.ts';
import { type Config, loadConfig } from '../../shared/project/config/load-config.ts';
import { diskFiles } from '../../shared/project/disk-files.ts';
import type { ProjectFiles } from '../../shared/project/files.ts';
import type { Project } from '../../shared/project/load-project.ts';
import { unpackProject } from '../../shared/store/project-files.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import type { RunRequest } from '../../shared/wire/run-request.ts';
import { formatWire } from '../../shared/wire/wire-json.ts';
import type { LocalMachine, Terminal } from './execute/play-context.ts';
import { loadRun } from './machine/load-run.ts';
import { localMachine } from './machine/local-machine.ts';
import type { RunModules } from './machine/module-source.ts';
import { openVaulted } from './machine/open-vaulted.ts';

export type CloudProject = {
  readonly project: Project;
  /** What is wrong with it; with errors among them it must not be run. */
  readonly diagnostics: readonly Diagnostic[];
  readonly config: Config;
  readonly files: ProjectFiles;
  readonly local: LocalMachine;
  readonly modules: RunModules;
  /** What its tasks see of an environment on the function's own machine. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};

export type CloudProjectRequest = {
  /** The manifest, by content hash. */
  readonly project: string;
  readonly request: RunRequest;
};

export type CloudProjectDeps = {
  readonly store: Pick<RunStore, 'getBlob'>;
  readonly vaultSecrets: readonly VaultSecret[];
  readonly agent: AgentPayload;
  readonly clock: Clock;
  /** Where projects are unpacked; outlives the invocation. */
  readonly directory: string;
  /** Where the deployment's own secrets lie: SORTIE_PARAMETER_PREFIX. */
  readonly ownSecrets: string;
};

/** Because a warm environment serves one or two runs at a time, and loaded projects take memory. */
const PROJECTS_KEPT = 3;

const loaded = new Map<string, Promise<CloudProject>>();

/** The project with the request's playbooks and inventory. */
export async function loadCloudProject(
  wanted: CloudProjectRequest,
  deps: CloudProjectDeps,
): Promise<CloudProject> {
  const key = `${wanted.project} ${formatWire(wanted.request)}`;
  const known = loaded.get(key);
  loaded.delete(key);
  const loading = known ?? load(wanted, deps);
  loaded.set(key, loading);
  for (const old of [...loaded.keys()].slice(0, -PROJECTS_KEPT)) loaded.delete(old);
  try {
    return await loading;
  } catch (error) {
    loaded.delete(key);
    throw error;
  }
}

async function load(
  { project: hash, request }: CloudProjectRequest,
  deps: CloudProjectDeps,
): Promise<CloudProject> {
  const { agent, clock, vaultSecrets } = deps;
  const root = join(deps.directory, hash);
  const home = join(deps.directory, 'home');
  await mkdir(home, { recursive: true });
  await unpackProject(deps.store, hash, root);
  const environment = withPushedParts(projectEnvironment(root, home), root, home);
  const files = diskFiles({ environment, homeDirectory: home, workingDirectory: root });
  const { diagnostics: configDiagnostics, value: config } = loadConfig(files);
  const local = localMachine({
    environment,
    decrypt: (content, path) => openVaulted(content, path, { config, secrets: vaultSecrets }),
    terminal: nobody,
    ownSecrets: deps.ownSecrets,
  });
  const { diagnostics, value } = loadRun(request, {
    config,
    secrets: vaultSecrets,
    files,
    local,
    clock,
    agent,
    environment,
  });
  return {
    ...value,
    diagnostics: [...configDiagnostics, ...diagnostics],
    config,
    files,
    local,
    environment,
  };
}

type ProjectEnvironment = Readonly<Record<string, string | undefined>>;

/** What playbooks and settings see of the environment: nothing of the function's own. */
function projectEnvironment(root: string, home: string): ProjectEnvironment {
  const core = join(root, '.sortie', 'ansible-core');
  return {
    HOME: home,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    ...(existsSync(core) ? { SORTIE_ANSIBLE_CORE: core } : {}),
  };
}

/** What was pushed from outside the project is looked for behind the places that its own configuration names. */
function withPushedParts(environment: ProjectEnvironment, root: string, home: string): ProjectEnvironment {
  const { value: config } = loadConfig(
    diskFiles({ environment, homeDirectory: home, workingDirectory: root }),
  );
  const behind = (variable: string, setting: string, part: string): ProjectEnvironment => {
    const place = join(root, '.sortie', part);
    return existsSync(place) ? { [variable]: [...config.list(setting), place].join(':') } : {};
  };
  return {
    ...environment,
    ...behind('ANSIBLE_COLLECTIONS_PATH', 'COLLECTIONS_PATHS', 'collections'),
    ...behind('ANSIBLE_ROLES_PATH', 'DEFAULT_ROLES_PATH', 'roles'),
  };
}

const nobody: Terminal = { show: () => undefined, warn: () => undefined, wait: undefined };
