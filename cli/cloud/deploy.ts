/** `sortie deploy`: puts both functions and what they need into an AWS account, and remembers where they are. */

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FailureError } from '../../shared/base/failure.ts';
import { exitCodes } from '../../shared/wire/exit-code.ts';
import type { Command, CommandDeps } from '../command-deps.ts';
import { type ParsedOptions, parseOptions } from '../option-parser.ts';
import { storeDirectory } from '../store-directory.ts';
import { helpOption, reportUsage, usageError } from '../subcommand.ts';
import { type CloudSettings, cloudFile } from './cloud-settings.ts';
import { copyDeployment, runDeployer } from './deployer.ts';

const DEFAULT_STAGE = 'dev';

const usage = {
  program: 'sortie deploy',
  positionals: '',
  description:
    'Deploys the functions to AWS, with table, bucket, roles and alarms, and writes .sortie/cloud.json.',
  specs: [
    helpOption,
    {
      key: 'stage',
      flags: ['-s', '--stage'],
      value: 'STAGE',
      help: `name of the deployment; each has its own everything (default: ${DEFAULT_STAGE})`,
    },
    {
      key: 'region',
      flags: ['-r', '--region'],
      value: 'REGION',
      help: 'the AWS region (default: AWS_REGION, AWS_DEFAULT_REGION or us-east-1)',
    },
    {
      key: 'param',
      flags: ['--param'],
      value: 'KEY=VALUE',
      help: 'a parameter of serverless.yml, e.g. alarmTopic=arn:aws:sns:…; repeat for more',
    },
    {
      key: 'packageOnly',
      flags: ['--package-only'],
      help: 'only make the package and its CloudFormation template; needs no network and no account',
    },
  ],
};

/** Packages, deploys, makes the store key, and writes down the names that other commands need. */
export const deploy: Command = async (argv, deps) => {
  const ended = reportUsage(usage, parseOptions(argv, usage.specs), deps);
  if (ended.kind === 'ended') return ended.exitCode;
  const { positionals, values } = ended.parsed;
  if (positionals.length > 0)
    return usageError(usage, `unrecognized arguments: ${positionals.join(' ')}`, deps);
  const stage = values.get('stage')?.at(-1) ?? DEFAULT_STAGE;
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(stage))
    return usageError(usage, 'argument -s/--stage: small letters, digits and -, at most 20 of them', deps);
  const directory = join(storeDirectory(deps), 'deploy', stage);
  copyDeployment(directory);
  const where = whereOptions(stage, ended.parsed, takeTriggers(ended.parsed, directory, deps));
  const run = (words: readonly string[], show = deps.err): Promise<string> =>
    runDeployer(directory, deps, { arguments: [...words, ...where], show });
  if (values.has('packageOnly')) {
    await run(['package']);
    deps.out(`packaged in ${join(directory, '.serverless')}\n`);
    return exitCodes.ok;
  }
  await run(['deploy']);
  const settings = parseOutputs(await run(['info', '--verbose'], () => undefined));
  await finish(settings, deps);
  return exitCodes.ok;
};

const TRIGGERS = 'triggers=';

/** The file of triggers that a parameter names goes with the copy; its new name there, or undefined. */
function takeTriggers({ values }: ParsedOptions, directory: string, deps: CommandDeps): string | undefined {
  const param = values.get('param')?.findLast((each) => each.startsWith(TRIGGERS));
  if (param === undefined) return undefined;
  const copy = 'infra/triggers.given.yml';
  const given = resolve(deps.workingDirectory, param.slice(TRIGGERS.length));
  if (!existsSync(given)) throw failed(`There is no file ${given}, which --param names`);
  copyFileSync(given, join(directory, copy));
  return copy;
}

function whereOptions(
  stage: string,
  { values }: ParsedOptions,
  triggers: string | undefined,
): readonly string[] {
  const region = values.get('region')?.at(-1);
  const given = (values.get('param') ?? []).filter((param) => !param.startsWith(TRIGGERS));
  const params = triggers === undefined ? given : [...given, `${TRIGGERS}${triggers}`];
  return [
    ...['--stage', stage],
    ...(region === undefined ? [] : ['--region', region]),
    ...params.flatMap((param) => ['--param', param]),
  ];
}

type Deployed = Required<CloudSettings>;

/** The names in what `osls info --verbose` prints. Throws FailureError when one is missing. */
export function parseOutputs(printed: string): Deployed {
  const find = (name: string): string => {
    const value = new RegExp(`^\\s*${name}: (\\S+)\\s*$`, 'm').exec(printed)?.[1];
    if (value !== undefined) return value;
    throw failed(`The stack does not say its ${name}: is it one that \`sortie deploy\` has deployed?`);
  };
  return {
    region: find('region'),
    table: find('TableName'),
    bucket: find('BucketName'),
    controllerFunction: find('ControllerFunction'),
    hostFunction: find('HostFunction'),
    parameterPrefix: find('ParameterPrefix'),
  };
}

async function storeKeyLine({ parameterPrefix: prefix, region }: Deployed): Promise<string> {
  if (prefix.startsWith('secret:'))
    return `${prefix.slice('secret:'.length)} in Secrets Manager must hold store-key: see docs/cloud/secrets.md`;
  const { makeStoreKey } = await import('../../shared/secrets/store-key.ts');
  const made = await makeStoreKey({ prefix, region });
  return `${prefix}/store-key (${made === 'made' ? 'made now' : 'was there'})`;
}

/** Makes the store key when there is none, writes the settings down, and says what there is now. */
export async function finish(settings: Deployed, deps: CommandDeps): Promise<void> {
  const { region } = settings;
  const key = await storeKeyLine(settings);
  const file = cloudFile(deps);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(settings, undefined, 2)}\n`);
  const lines = [
    ['region', region],
    ['controller', settings.controllerFunction],
    ['host function', settings.hostFunction],
    ['table', settings.table],
    ['bucket', settings.bucket],
    ['store key', key],
    ['written to', file],
  ];
  for (const [name = '', value] of lines) deps.out(`${name.padEnd(14)}${value}\n`);
  deps.out('\nNext: put the key that opens your hosts in place (docs/cloud/secrets.md), and try\n');
  deps.out('  sortie doctor --on aws\n');
}

function failed(message: string): FailureError {
  return new FailureError({ kind: 'store-failed', message, retryable: false });
}
