/** `sortie config`: the configuration file in use, and what all settings are and where they come from. */

import { resolve } from 'node:path';
import { hasErrors } from '../shared/base/diagnostic.ts';
import { formatJson } from '../shared/base/json.ts';
import type { Dict, Value } from '../shared/base/value.ts';
import { type Config, loadConfig } from '../shared/project/config/load-config.ts';
import { settings } from '../shared/project/config/settings.ts';
import { diskFiles } from '../shared/project/disk-files.ts';
import type { ProjectFiles } from '../shared/project/files.ts';
import { str } from '../shared/template/python/repr.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import type { Command, CommandDeps } from './command-deps.ts';
import { type ParsedOptions, parseOptions } from './option-parser.ts';
import { printDiagnostics } from './print-diagnostics.ts';
import { helpOption, reportUsage, type Subcommand, usageError } from './subcommand.ts';

const ACTIONS = ['dump', 'view'];
const FORMATS = ['display', 'json'];

const usage: Subcommand = {
  program: 'sortie config',
  positionals: '{dump,view}',
  positionalHelp: 'dump: the settings, their values and where these come from; view: the configuration file',
  description: 'Shows the configuration.',
  specs: [
    helpOption,
    { key: 'verbose', flags: ['-v', '--verbose'], help: 'also say which file is used' },
    {
      key: 'config',
      flags: ['-c', '--config'],
      value: 'FILE',
      help: 'the configuration file (default: as for runs)',
    },
    {
      key: 'changed',
      flags: ['--only-changed', '--changed-only'],

      help: 'of dump: only what is not as it is by default',
    },
    { key: 'format', flags: ['-f', '--format'], value: 'FORMAT', help: 'of dump: display (default) or json' },
  ],
};

/** The subcommand. */
export const config: Command = async (argv, deps) => {
  const ended = reportUsage(usage, parseOptions(argv, usage.specs), deps);
  if (ended.kind === 'ended') return ended.exitCode;
  const { parsed } = ended;
  const [action = '', ...more] = parsed.positionals;
  if (!ACTIONS.includes(action) || more.length > 0)
    return usageError(usage, `one action of ${ACTIONS.join(' and ')} is needed`, deps);
  const format = parsed.values.get('format')?.at(-1) ?? 'display';
  if (!FORMATS.includes(format))
    return usageError(
      usage,
      `argument --format/-f: invalid choice: '${format}' (choose from 'display', 'json')`,
      deps,
    );
  return show({ action, format, parsed }, deps);
};

type Asked = { readonly action: string; readonly format: string; readonly parsed: ParsedOptions };

function show({ action, format, parsed }: Asked, deps: CommandDeps): number {
  const named = parsed.values.get('config')?.at(-1);
  const path = named === undefined ? undefined : resolve(deps.workingDirectory, named);
  const files = diskFiles(
    path === undefined ? deps : { ...deps, environment: { ...deps.environment, ANSIBLE_CONFIG: path } },
  );
  if (path !== undefined && files.kind(path) === undefined)
    return refuse(`The provided configuration file is missing or not accessible: ${path}`, deps);
  const { value, diagnostics } = loadConfig(files);
  printDiagnostics(diagnostics, files, deps);
  if (hasErrors(diagnostics)) return exitCodes.configuration;
  if (parsed.values.has('verbose'))
    deps.out(
      value.file === undefined
        ? 'No config file found; using defaults\n'
        : `Using ${value.file} as config file\n`,
    );
  if (action === 'view') return view(value, files, deps);
  const entries = entriesOf(value, parsed.values.has('changed'));
  deps.out(
    format === 'json'
      ? `${formatJson(entries.map(asDict), { indent: 4, sortKeys: true })}\n`
      : entries.map(asLine).join(''),
  );
  return exitCodes.ok;
}

function view({ file }: Config, files: ProjectFiles, deps: CommandDeps): number {
  const content = file === undefined ? undefined : files.read(file);
  if (content === undefined) return refuse('Invalid or no config file was supplied', deps);
  deps.out(new TextDecoder().decode(content));
  return exitCodes.ok;
}

function refuse(message: string, deps: CommandDeps): number {
  deps.err(`ERROR! ${message}\n`);
  return exitCodes.error;
}

type Entry = { readonly name: string; readonly origin: string; readonly value: Value };

/** The settings by name. */
function entriesOf(config: Config, onlyChanged: boolean): readonly Entry[] {
  const names = ['CONFIG_FILE', ...settings.map(({ name }) => name)].sort();
  const entries = names.map((name) => ({
    name,
    origin: config.origin(name) ?? 'default',
    value: config.get(name) ?? null,
  }));
  return entries.filter(({ origin }) => !onlyChanged || origin !== 'default');
}

function asLine({ name, origin, value }: Entry): string {
  return `${name}(${origin}) = ${str(value)}\n`;
}

function asDict({ name, origin, value }: Entry): Dict {
  return new Map<Value, Value>([
    ['name', name],
    ['origin', origin],
    ['type', null],
    ['value', value],
  ]);
}
