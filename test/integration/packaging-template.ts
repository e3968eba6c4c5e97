/** The deployment as it is packaged: in a copy, without network and credentials. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export type Resource = {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
};

export type Resources = Readonly<Record<string, Resource>>;

export type Template = {
  readonly Resources: Resources;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
};

/** What the shell would not have either: no credentials, no profile, no region, no proxy, an empty home. */
function bareEnvironment(home: string): Record<string, string> {
  return { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: tmpdir() };
}

/** A directory with nothing but what is deployed: the description, infra/, and what the build made. */
export function deploymentCopy(functions: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'sortie-package-'));
  for (const part of ['serverless.yml', 'infra'])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  mkdirSync(join(copy, 'dist'));
  symlinkSync(functions, join(copy, 'dist/functions'));
  return copy;
}

/** Runs `serverless package`; throws its output when it fails. */
export function packageDeployment(copy: string, parameters: readonly string[] = []): Template {
  const output = mkdtempSync(join(tmpdir(), 'sortie-packaged-'));
  const command = [
    ...withoutNetwork(),
    process.execPath,
    join(root, 'node_modules/.bin/serverless'),
    'package',
    ...['--stage', 'prod', '--package', output],
    ...parameters.flatMap((parameter) => ['--param', parameter]),
  ];
  const { status, stdout, stderr } = spawnSync(command[0] ?? '', command.slice(1), {
    cwd: copy,
    env: bareEnvironment(output),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`serverless package failed: ${stdout}${stderr}`);
  return parseTemplate(readFileSync(join(output, 'cloudformation-template-update-stack.json'), 'utf8'));
}

/** A network namespace without even a loopback, where this user may make one. */
export function withoutNetwork(): readonly string[] {
  const command = ['unshare', '--net'];
  return spawnSync('unshare', ['--net', 'true']).status === 0 ? command : [];
}

function parseTemplate(text: string): Template {
  return JSON.parse(text) as Template;
}
