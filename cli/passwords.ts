/** The passwords that a command line asks for, of the connection and of become: typed, or from a file or script. */

import { resolve } from 'node:path';
import type { RunPasswords } from '../functions/host/play-contexts.ts';
import { FailureError } from '../shared/base/failure.ts';
import { Secret } from '../shared/base/secret.ts';
import type { Config } from '../shared/project/config/load-config.ts';
import type { ProjectFiles } from '../shared/project/files.ts';
import type { RunRequest } from '../shared/wire/run-request.ts';
import type { Ask } from './ask.ts';

export type PasswordDeps = {
  readonly config: Config;
  readonly files: ProjectFiles;
  readonly ask: Pick<Ask, 'secret'>;
};

/** Asks for what has to be typed and reads what stands in files. Throws FailureError for a file without a password. */
export async function collectPasswords(request: RunRequest, deps: PasswordDeps): Promise<RunPasswords> {
  const isAsked = request.connection.askPassword || deps.config.flag('DEFAULT_ASK_PASS');
  const connectionFile = request.connection.passwordFile ?? deps.config.text('CONNECTION_PASSWORD_FILE');
  const connection = isAsked
    ? await deps.ask.secret('SSH password: ')
    : connectionFile === undefined
      ? undefined
      : passwordOfFile(connectionFile, deps.files);
  return { connection, become: await becomePassword(request, deps, isAsked ? connection : undefined) };
}

/** An empty answer stands for the connection's password, when that was typed too. */
async function becomePassword(
  request: RunRequest,
  deps: PasswordDeps,
  typed: Secret | undefined,
): Promise<Secret | undefined> {
  const { config } = deps;
  if (request.become.askPassword || config.flag('DEFAULT_BECOME_ASK_PASS')) {
    const method = request.become.method ?? config.text('DEFAULT_BECOME_METHOD') ?? 'sudo';
    const name = config.flag('AGNOSTIC_BECOME_PROMPT') ? 'BECOME' : method.toUpperCase();
    const hint = typed === undefined ? '' : '[defaults to SSH password]';
    const answer = await deps.ask.secret(`${name} password${hint}: `);
    return typed !== undefined && answer.reveal() === '' ? typed : answer;
  }
  const file = request.become.passwordFile ?? config.text('BECOME_PASSWORD_FILE');
  return file === undefined ? undefined : passwordOfFile(file, deps.files);
}

function passwordOfFile(file: string, files: ProjectFiles): Secret {
  const path = resolve(files.workingDirectory, file.replace(/^~(?=\/|$)/, files.homeDirectory));
  const kind = files.kind(path);
  if (kind === 'executable') return passwordOfScript(path, files);
  const content = files.read(path);
  if (content === undefined) throw unusable(`The password file ${file} was not found`);
  return nonEmpty(new TextDecoder().decode(content).trim(), file);
}

function passwordOfScript(path: string, files: ProjectFiles): Secret {
  const { exitCode, stderr, stdout } = files.run(path, []);
  if (exitCode !== 0) {
    throw unusable(`The password script ${path} returned an error (rc=${exitCode}): ${stderr}`);
  }
  return nonEmpty(stdout.replace(/^[\r\n]+|[\r\n]+$/g, ''), path);
}

function nonEmpty(password: string, file: string): Secret {
  if (password === '') throw unusable(`Empty password was provided from file (${file})`);
  return new Secret(password);
}

function unusable(message: string): FailureError {
  return new FailureError({ kind: 'auth-refused', message, retryable: false });
}
