/** `sortie cloud local`: the whole cloud on this machine, for trying Sortie out and for finding out what went wrong. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../shared/base/clock.ts';
import { limits } from '../shared/base/limits.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import { clientEnvironment, endpointsFrom } from './cloud-local/client-environment.ts';
import { type LocalCloud, startLocalCloud } from './cloud-local/local-cloud.ts';
import { deploymentVariables, localDeployment, sortieFunctions } from './cloud-local/local-deployment.ts';
import type { InitialParameters } from './cloud-local/parameter-service.ts';
import type { Command, CommandDeps } from './command-deps.ts';
import { onInterrupt } from './on-interrupt.ts';
import { type OptionSpec, type ParsedOptions, parseOptions } from './option-parser.ts';
import { helpOption, reportUsage, usageError } from './subcommand.ts';

const FIRST_PORT = 4570;

const specs: readonly OptionSpec[] = [
  helpOption,
  {
    key: 'data',
    flags: ['--data'],
    value: 'DIR',
    help: 'keep tables, objects, parameters and secrets in this directory (default: in memory)',
  },
  {
    key: 'env',
    flags: ['--env'],
    help: 'only print the variables with which commands find the local cloud: eval "$(sortie cloud local --env)"',
  },
  {
    key: 'port',
    flags: ['--port'],
    value: 'PORT',
    isInt: true,
    help: `listen on this port of 127.0.0.1 and the four behind it (default: ${FIRST_PORT})`,
  },
  {
    key: 'privateKey',
    flags: ['--private-key', '--key-file'],
    value: 'PRIVATE_KEY_FILE',
    help: 'give the functions this key to log in with, as the parameter ssh-key',
  },
  { key: 'verbose', flags: ['-v', '--verbose'], help: 'show what the functions log' },
];

const usage = {
  program: 'sortie cloud local',
  positionals: '',
  description:
    'Runs both functions in their deployed bundles, with all services they use, on this machine until it is interrupted.',
  specs,
};

const cloudUsage = {
  program: 'sortie cloud',
  positionals: '{local}',
  description: 'Runs a cloud on this machine.',
  specs: [helpOption],
};

/** Finds the action; `local` is the only one. */
export const cloud: Command = async (argv, deps) => {
  const [action, ...rest] = argv;
  if (action === 'local') return cloudLocal(rest, deps);
  const ended = reportUsage(cloudUsage, parseOptions(argv.slice(0, 1), cloudUsage.specs), deps);
  if (ended.kind === 'ended') return ended.exitCode;
  return usageError(cloudUsage, 'the following arguments are required: local', deps);
};

const cloudLocal: Command = async (argv, deps) => {
  const ended = reportUsage(usage, parseOptions(argv, specs), deps);
  if (ended.kind === 'ended') return ended.exitCode;
  const { parsed } = ended;
  const firstPort = Number(parsed.values.get('port')?.at(-1) ?? FIRST_PORT);
  if (parsed.values.has('env')) {
    deps.out(exportLines({ ...clientEnvironment(endpointsFrom(firstPort)), ...deploymentVariables }));
    return exitCodes.ok;
  }
  const bundles = bundleDirectory();
  if (bundles === undefined) {
    deps.err('ERROR! The functions have not been built: run `npm run build`\n');
    return exitCodes.error;
  }
  const interrupt = onInterrupt();
  try {
    await serve({ parsed, firstPort, bundles, until: interrupt.raised }, deps);
    return exitCodes.ok;
  } finally {
    interrupt.stop();
  }
};

type Serving = {
  readonly parsed: ParsedOptions;
  readonly firstPort: number;
  readonly bundles: string;
  readonly until: Promise<unknown>;
};

async function serve({ bundles, firstPort, parsed, until }: Serving, deps: CommandDeps): Promise<void> {
  const { values } = parsed;
  const data = values.get('data')?.at(-1);
  const started = await startLocalCloud({
    firstPort,
    table: localDeployment.table,
    bucket: localDeployment.bucket,
    parameters: initialParameters(values.get('privateKey')?.at(-1), deps),
    ...(data === undefined ? {} : { dataDirectory: path.resolve(deps.workingDirectory, data) }),
    ...(values.has('verbose') ? { onLog: (name, text) => deps.err(`${name}: ${text}`) } : {}),
  });
  try {
    for (const config of sortieFunctions(bundles)) await started.addFunction(config);
    deps.out(announcement(started, firstPort));
    await until;
  } finally {
    await started.close();
  }
}

/** The key that seals what functions tell themselves is made here, once; in AWS the user makes it. */
function initialParameters(keyFile: string | undefined, deps: CommandDeps): InitialParameters {
  const { parameterPrefix } = localDeployment;
  const storeKey = (): string =>
    Buffer.from(systemClock.randomBytes(limits.storeKeyBytes)).toString('base64');
  const made = { [`${parameterPrefix}/store-key`]: storeKey };
  if (keyFile === undefined) return made;
  const key = readFileSync(path.resolve(deps.workingDirectory, keyFile), 'utf8');
  return { ...made, [`${parameterPrefix}/ssh-key`]: key };
}

function announcement({ endpoints }: LocalCloud, firstPort: number): string {
  const port = firstPort === FIRST_PORT ? '' : ` --port ${firstPort}`;
  return [
    'The local cloud listens:',
    ...Object.entries(endpoints).map(([name, url]) => `  ${name.padEnd(15)} ${url}`),
    'In another shell, so that commands use it:',
    `  eval "$(sortie cloud local${port} --env)"`,
    `Secrets are parameters below ${localDeployment.parameterPrefix}/. Ctrl-C ends it.`,
    '',
  ].join('\n');
}

function exportLines(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');
}

/** Beside the bundle when installed, in dist/ when run from the sources. */
function bundleDirectory(): string | undefined {
  const here = path.dirname(fileURLToPath(import.meta.url));
  return [path.join(here, 'functions'), path.join(here, '..', 'dist', 'functions')].find((directory) =>
    existsSync(path.join(directory, 'host.cjs')),
  );
}
