/** Runs osls, which packages and deploys what `serverless.yml` describes. */

import { spawn } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FailureError } from '../../shared/base/failure.ts';
import type { CommandDeps } from '../command-deps.ts';

const here = dirname(fileURLToPath(import.meta.url));

const PARTS = [
  'serverless.yml',
  'infra',
  'dist/functions/controller.zip',
  'dist/functions/host.zip',
  'dist/functions/limits.json',
];

/** Copies what is deployed to a directory of its own: osls writes beside it, and Sortie may lie where nobody may write. */
export function copyDeployment(target: string): void {
  const source = deploymentDirectory();
  rmSync(target, { recursive: true, force: true });
  for (const part of PARTS) cpSync(join(source, part), join(target, part), { recursive: true });
}

/** The directory with the description of the deployment and what the build made. */
function deploymentDirectory(): string {
  let directory = here;
  while (!existsSync(join(directory, 'serverless.yml')) && directory !== dirname(directory))
    directory = dirname(directory);
  const missing = PARTS.filter((part) => !existsSync(join(directory, part)));
  if (missing.length === 0) return directory;
  throw failed(
    `Nothing to deploy: ${missing.join(', ')} cannot be found. In a checkout, run \`npm run build\` first`,
  );
}

/** The program and its first arguments: the one installed beside Sortie, else one on the PATH. */
function findDeployer({ environment }: Pick<CommandDeps, 'environment'>): readonly string[] {
  for (let at = here; ; at = dirname(at)) {
    const script = join(at, 'node_modules/serverless/bin/serverless.js');
    if (existsSync(script)) return [process.execPath, script];
    if (at === dirname(at)) break;
  }
  const places = (environment.PATH ?? '').split(delimiter).filter((place) => place !== '');
  const found = places
    .flatMap((place) => ['osls', 'serverless'].map((name) => join(place, name)))
    .find((path) => existsSync(path));
  if (found !== undefined) return [found];
  throw failed('`sortie deploy` needs osls, which deploys to AWS: npm install --global osls@4');
}

export type DeployerRun = {
  readonly arguments: readonly string[];
  /** Takes what it prints, while it does. */
  readonly show: (text: string) => void;
};

/** Runs osls in a deployment's copy to its end; gives all that it printed. Throws FailureError when it fails. */
export async function runDeployer(
  directory: string,
  deps: Pick<CommandDeps, 'environment'>,
  run: DeployerRun,
): Promise<string> {
  const [program = '', ...first] = findDeployer(deps);
  const child = spawn(program, [...first, ...run.arguments], {
    cwd: directory,
    env: { ...deps.environment, SLS_INTERACTIVE_SETUP_ENABLE: '', SLS_NOTIFICATIONS_MODE: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const take = (text: string): void => {
    printed += text;
    run.show(text);
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const { promise: ended, reject, resolve } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  const exitCode = await ended;
  if (exitCode === 0) return printed;
  throw failed(`osls ${run.arguments[0]} failed${adviceFor(printed)}`);
}

/** What to do about the mistakes that everybody makes at first. */
function adviceFor(printed: string): string {
  if (/AWS (?:provider )?credentials (?:missing|not found)|could not load credentials/i.test(printed))
    return ': no AWS credentials were found. Log in (`aws sso login`), or set AWS_PROFILE';
  if (/ExpiredToken|security token .*(?:expired|invalid)|UnrecognizedClient/i.test(printed))
    return ': the AWS credentials are not valid (any more). Log in again';
  if (/AccessDenied|not authorized to perform/i.test(printed))
    return ': something is not allowed. docs/cloud/permissions.md lists what whoever deploys needs';
  if (
    /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|getaddrinfo|Invalid region|not a valid region/i.test(printed)
  )
    return ': AWS cannot be reached. Check --region and the network';
  return ': what it said stands above';
}

function failed(message: string): FailureError {
  return new FailureError({ kind: 'store-failed', message, retryable: false });
}
