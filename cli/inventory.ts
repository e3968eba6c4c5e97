/** `sortie inventory`: takes ansible-inventory's command line, and shows hosts, groups and their variables. */

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { localMachine } from '../functions/host/machine/local-machine.ts';
import { systemClock } from '../shared/base/clock.ts';
import { hasErrors } from '../shared/base/diagnostic.ts';
import { loadConfig } from '../shared/project/config/load-config.ts';
import { loadVaultSecrets } from '../shared/project/config/vault-secrets.ts';
import { diskFiles } from '../shared/project/disk-files.ts';
import type { ProjectFiles } from '../shared/project/files.ts';
import { matchHosts } from '../shared/project/host-pattern.ts';
import {
  inventoryGraph,
  inventoryJson,
  inventoryYaml,
  type ListingSource,
} from '../shared/project/inventory/inventory-listing.ts';
import { loadProject, type Project } from '../shared/project/load-project.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import { terminalAsk } from './ask.ts';
import type { Command, CommandDeps } from './command-deps.ts';
import { inventoryOptions } from './inventory-options.ts';
import { formatListing } from './inventory-text.ts';
import { shownVars } from './inventory-vars.ts';
import { localTerminal } from './local-terminal.ts';
import { type ParsedOptions, parseOptions } from './option-parser.ts';
import { printDiagnostics } from './print-diagnostics.ts';
import { printHelp, type Subcommand, usageError } from './subcommand.ts';
import { vaultPrompt } from './vault-prompt.ts';
import { version } from './version.ts';

const usage: Subcommand = {
  program: 'sortie inventory',
  positionals: 'group',
  positionalHelp: 'with --graph, the group to start at (default: all)',
  description: 'Show inventory information, by default in the JSON of inventory scripts',
  specs: inventoryOptions,
};

/** The subcommand. */
export const inventory: Command = async (argv, deps) => {
  const outcome = parseOptions(argv, inventoryOptions);
  if (outcome.kind === 'error') return usageError(usage, outcome.message, deps);
  const { parsed } = outcome;
  if (parsed.final === 'help') {
    printHelp(usage, deps);
    return exitCodes.ok;
  }
  if (parsed.final !== undefined) {
    deps.out(`sortie ${version}\n`);
    return exitCodes.ok;
  }
  const chosen = ['list', 'host', 'graph'].filter((action) => parsed.values.has(action));
  if (chosen.length === 1) return show(parsed, deps);
  const refusal =
    chosen.length === 0
      ? 'No action selected, at least one of --host, --graph or --list needs to be specified.'
      : 'Conflicting options used, only one of --host, --graph or --list can be used at the same time.';
  return refuse(refusal, deps);
};

function refuse(message: string, deps: CommandDeps): number {
  printHelp(usage, deps);
  deps.err(`ERROR! ${message}\n`);
  return exitCodes.configuration;
}

async function show(parsed: ParsedOptions, deps: CommandDeps): Promise<number> {
  const files = diskFiles(deps);
  const project = await load(parsed, files, deps);
  if (typeof project === 'number') return project;
  const text = describe(parsed, project, deps);
  if ('refusal' in text) return refuse(text.refusal, deps);
  for (const warning of text.warnings) deps.err(`[WARNING]: ${warning}\n`);
  const file = parsed.values.get('output')?.at(-1);
  if (file === undefined) deps.out(text.text.endsWith('\n') ? text.text : `${text.text}\n`);
  else writeFileSync(resolve(deps.workingDirectory, file), text.text);
  return exitCodes.ok;
}

/** Configuration, vault passwords and inventory; the exit code when one of them is wrong. */
async function load(
  { values }: ParsedOptions,
  files: ProjectFiles,
  deps: CommandDeps,
): Promise<Project | number> {
  const { diagnostics, value: config } = loadConfig(files);
  printDiagnostics(diagnostics, files, deps);
  if (hasErrors(diagnostics)) return exitCodes.configuration;
  const all = (key: string): readonly string[] => values.get(key) ?? [];
  const ask = terminalAsk();
  const secrets = await loadVaultSecrets(
    {
      vaultIds: all('vaultIds'),
      passwordFiles: all('vaultPasswordFiles'),
      isAsked: values.has('askVaultPass'),
    },
    { files, config, prompt: vaultPrompt(ask, { isNew: false }) },
  );
  printDiagnostics(secrets.diagnostics, files, deps);
  if (hasErrors(secrets.diagnostics)) return exitCodes.error;
  const { now, randomBytes } = systemClock;
  const local = localMachine({
    environment: deps.environment,
    decrypt: (content) => content,
    terminal: localTerminal(),
  });
  const project = loadProject(
    { playbooks: [], inventory: all('inventory'), limit: undefined, extraVars: all('extraVars') },
    { config, secrets: secrets.value, files, local, now, randomBytes },
  );
  printDiagnostics(project.diagnostics, files, deps);
  return hasErrors(project.diagnostics) ? exitCodes.error : project.value;
}

type Described =
  | { readonly text: string; readonly warnings: readonly string[] }
  | { readonly refusal: string };

function describe({ positionals, values }: ParsedOptions, project: Project, deps: CommandDeps): Described {
  const isExport = values.has('export') || project.config.flag('INVENTORY_EXPORT');
  const isYaml = values.has('yaml');
  const directory = values.get('playbookDir')?.at(-1);
  const vars = shownVars(project, { isExport, directory, workingDirectory: deps.workingDirectory });
  const source: ListingSource = {
    inventory: project.inventory,
    hosts: matchHosts('all', project.inventory, { limit: undefined }).value,
    hostVars: vars.ofHost,
    groupVars: vars.ofGroup,
    isExport,
  };
  const host = values.get('host')?.at(-1);
  if (host !== undefined) return describeHost(host, source, { project, isYaml });
  if (values.has('list'))
    return formatListing(isYaml ? inventoryYaml(source) : inventoryJson(source), isYaml);
  const group = project.inventory.groups.get(positionals[0] ?? 'all');
  if (group === undefined) return { refusal: 'Pattern must be valid group name when using --graph' };
  return { text: inventoryGraph(group, source, { showsVars: values.has('vars') }).join('\n'), warnings: [] };
}

function describeHost(
  pattern: string,
  source: ListingSource,
  { isYaml, project }: { readonly project: Project; readonly isYaml: boolean },
): Described {
  const [host, ...more] = matchHosts(pattern, project.inventory, { limit: undefined }).value;
  if (host === undefined || more.length > 0)
    return { refusal: 'You must pass a single valid host to --host parameter' };
  return formatListing(source.hostVars(host), isYaml);
}
