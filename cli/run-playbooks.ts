/** Runs playbooks from this machine: loads the project, and puts the controller over the in-process engine. */

import { codeOfMistakes } from '../functions/controller/mistakes-code.ts';
import { configuredStrategy } from '../functions/controller/play-description.ts';
import { runPlaybooks as runOver } from '../functions/controller/run.ts';
import { loadRun } from '../functions/host/machine/load-run.ts';
import { localMachine } from '../functions/host/machine/local-machine.ts';
import { openVaulted } from '../functions/host/machine/open-vaulted.ts';
import { playContexts } from '../functions/host/play-contexts.ts';
import { openConnection } from '../functions/host/session/connection.ts';
import type { ConnectionTarget } from '../functions/host/session/session.ts';
import { hasErrors } from '../shared/base/diagnostic.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import type { RunEvent } from '../shared/wire/run-event.ts';
import { agentPayload } from './agent-payload.ts';
import { askPlayVars } from './ask-play-vars.ts';
import { openFactCache } from './fact-cache.ts';
import { createInProcessEngine } from './in-process-engine.ts';
import { localTerminal } from './local-terminal.ts';
import { requestListing } from './request-listing.ts';
import type { RunPlaybooks } from './run.ts';

/** Loads everything, shows all mistakes at once, and runs. */
export const runPlaybooks: RunPlaybooks = async (request, context) => {
  const { clock, config, files, vaultSecrets } = context;
  const local = localMachine({
    environment: process.env,
    decrypt: (content, path) => openVaulted(content, path, { config, secrets: vaultSecrets }),
    terminal: localTerminal(),
  });
  const agent = agentPayload();
  const { diagnostics, value } = loadRun(request, {
    config,
    secrets: vaultSecrets,
    files,
    local,
    clock,
    agent,
    environment: process.env,
  });
  const { modules, project } = value;
  context.showDiagnostics(diagnostics);
  if (hasErrors(diagnostics)) return codeOfMistakes(diagnostics);
  const { listing } = request;
  if (listing.hosts || listing.tasks || listing.tags || listing.syntaxCheck) {
    context.print(requestListing(request, project));
    return exitCodes.ok;
  }
  const contextOf = playContexts({
    request,
    project,
    local,
    clock,
    passwords: context.passwords,
    isDiff: context.options.isDiff,
    verbosity: context.options.verbosity,
  });
  return runOver({
    project,
    playbookNames: request.playbooks,
    clock,
    emit: context.emit,
    isCheckMode: request.isCheckMode,
    pattern: request.adHoc?.pattern,
    strategy: request.strategy ?? configuredStrategy(config),
    askVars: (play) => askPlayVars(play, { project, ask: context.ask, emit: context.emit }),
    reloadInventory: async () => project.readInventory().value,
    openEngine: (events) =>
      createInProcessEngine(
        {
          contextOf,
          forks: request.forks ?? config.number('DEFAULT_FORKS') ?? 5,
          startAtTask: request.startAtTask,
          clock,
          factCache: openFactCache({ config, now: clock.now, isFlushed: request.flushCache }),
          modules,
          connect: (target) => {
            context.emit(connectionMessage(target));
            return openConnection(target, {
              agent,
              environment: {
                home: files.homeDirectory,
                user: process.env.USER ?? '',
                authSocket: process.env.SSH_AUTH_SOCK,
              },
              warn: (text) => context.emit({ kind: 'message', level: 'warning', text }),
              randomBytes: clock.randomBytes,
            });
          },
        },
        events,
      ),
  });
};

/** What `-vvv` says of each connection. */
function connectionMessage({ address, kind, port, user }: ConnectionTarget): RunEvent {
  const text =
    kind === 'local'
      ? `ESTABLISH LOCAL CONNECTION FOR USER: ${user}`
      : `ESTABLISH SSH CONNECTION FOR USER: ${user} on PORT ${port} TO ${address}`;
  return { kind: 'message', level: 'verbose', verbosity: 3, host: address, text };
}
