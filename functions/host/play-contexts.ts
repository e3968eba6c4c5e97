/** From a loaded project and a request to what the hosts of a batch need to know of their play. */

import { userInfo } from 'node:os';
import type { Clock } from '../../shared/base/clock.ts';
import type { Secret } from '../../shared/base/secret.ts';
import type { BatchWork } from '../../shared/plan/batch-work.ts';
import { playNodes } from '../../shared/plan/play-nodes.ts';
import { builderOptions } from '../../shared/project/inventory/inventory-builder.ts';
import { loadIncludedRole, loadIncludedTasks } from '../../shared/project/load-included.ts';
import { decrypt, type Project, renderOptions } from '../../shared/project/load-project.ts';
import { viewInventory } from '../../shared/project/variables/inventory-variables.ts';
import { parseYamlText } from '../../shared/project/yaml-text.ts';
import type { RunRequest } from '../../shared/wire/run-request.ts';
import type { HostVars } from './execute/host-state.ts';
import type { LocalMachine, PlayContext, RunSettings } from './execute/play-context.ts';

export type PlayContexts = (work: BatchWork, varsOf: (host: string) => HostVars) => PlayContext;

export type PlayContextDeps = {
  readonly request: RunRequest;
  readonly project: Project;
  readonly local: LocalMachine;
  readonly clock: Clock;
  readonly passwords: RunPasswords;
  readonly isDiff: boolean;
  readonly verbosity: number;
};

/** What is typed at prompts of logins and of become, when no variable says it. */
export type RunPasswords = { readonly connection: Secret | undefined; readonly become: Secret | undefined };

/** Makes the contexts of a run's plays. */
export function playContexts(deps: PlayContextDeps): PlayContexts {
  const { clock, local, project } = deps;
  const { config, extraVars, secrets } = project;
  const settings = runSettings(deps);
  return (work, varsOf) => ({
    play: work.play,
    nodes: playNodes(work.play, {
      gathersFacts: work.gathersFacts,
      forceHandlers:
        typeof work.play.forceHandlers === 'boolean' ? work.play.forceHandlers : settings.forceHandlers,
    }),
    handlers: work.play.handlers,
    settings,
    config: (name, variable) => (variable === undefined ? config.get(name) : config.getFor(name, variable)),
    configFile: config.file,
    renderOptions: renderOptions(config),
    extraVars,
    promptVars: work.promptVars,
    inventory: viewInventory(
      work.inventory,
      project.variablesFor(work.play.directory),
      builderOptions(config),
    ),
    hosts: work.hosts,
    isSmartGathering: config.text('DEFAULT_GATHERING') === 'smart',
    isLockStep: work.isLockStep,
    varsOf,
    include: {
      tasks: (file, include) => loadIncludedTasks(file, include, project.loadDeps),
      role: (role, include) => loadIncludedRole(role, include, project.loadDeps),
    },
    local,
    decrypt: (ciphertext, file) => decrypt(ciphertext, { secrets, config, file }),
    parseYaml: parseYamlText,
    now: clock.now,
    randomBytes: clock.randomBytes,
  });
}

/** Without a choice, everything runs; `ansible_run_tags` says so. */
function chosenTags(tags: readonly string[]): readonly string[] {
  return tags.length === 0 ? ['all'] : tags;
}

function runSettings({ isDiff, passwords, project, request, verbosity }: PlayContextDeps): RunSettings {
  const { config } = project;
  const { become, connection } = request;
  const words = (text: string | undefined): readonly string[] =>
    text === undefined ? [] : text.split(/\s+/).filter((word) => word !== '');
  return {
    isCheckMode: request.isCheckMode,
    isDiff,
    noLog: config.flag('DEFAULT_NO_LOG'),
    verbosity,
    tags: chosenTags([...config.list('TAGS_RUN'), ...request.tags]),
    skipTags: [...config.list('TAGS_SKIP'), ...request.skipTags],
    become: become.enabled ?? config.flag('DEFAULT_BECOME'),
    becomeUser: become.user,
    becomeMethod: become.method,
    becomePassword: passwords.become,
    connection: connection.kind,
    connectionPassword: passwords.connection,
    remoteUser: connection.user,
    localUser: userInfo().username,
    privateKeyFile: connection.privateKeyFile ?? config.text('DEFAULT_PRIVATE_KEY_FILE'),
    sshArguments: [...words(connection.sshCommonArgs), ...words(connection.sshExtraArgs)],
    timeoutSeconds: connection.timeoutSeconds ?? config.number('DEFAULT_TIMEOUT') ?? 10,
    limit: request.limit,
    inventorySources: project.inventory.sources,
    forks: request.forks ?? config.number('DEFAULT_FORKS') ?? 5,
    forceHandlers: request.forceHandlers ?? config.flag('DEFAULT_FORCE_HANDLERS'),
  };
}
