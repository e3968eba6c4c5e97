/** From variables, keywords, configuration and command line to how a host is reached and who its tasks run as. */

import { Secret } from '../../../shared/base/secret.ts';
import type { Value } from '../../../shared/base/value.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { str } from '../../../shared/template/python/repr.ts';
import type { BecomeRequest } from '../../../shared/wire/agent-frame.ts';
import type { ConnectionTarget } from '../session/session.ts';
import type { PlayContext } from './play-context.ts';
import { flagOf, type TaskKeywords } from './task-keywords.ts';

/** Ansible's, and what agents take when nothing is said. */
export const REMOTE_TMP_DEFAULT = '~/.ansible/tmp';

const LOCAL_ADDRESS = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** How to reach `host`, whose variables `env` gives. Precedence as Ansible's: variables, keyword, command line, configuration. */
export function connectionTarget(
  context: PlayContext,
  keywords: TaskKeywords,
  at: { readonly host: string; readonly env: Environment },
): ConnectionTarget {
  const { settings, config } = context;
  const read = reader(at.env);
  const keyFile = read('ansible_private_key_file', 'ansible_ssh_private_key_file') ?? settings.privateKeyFile;
  const password = text(read('ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'));
  const port = read('ansible_port', 'ansible_ssh_port') ?? keywords.port ?? config('DEFAULT_REMOTE_PORT');
  return {
    kind: kindOf(keywords, read),
    host: at.host,
    address: text(read('ansible_host', 'ansible_ssh_host')) ?? at.host,
    port: Number(text(port) ?? 22),
    user: writtenUser(context, keywords, read) ?? settings.localUser,
    password: password === undefined ? settings.connectionPassword : new Secret(password),
    privateKeyFiles: keyFile === undefined ? [] : [str(keyFile)],
    privateKeyPassphrase: undefined,
    hostKeyChecking: isHostKeyChecked(read, config) ? 'yes' : 'no',
    knownHostsFiles: [],
    sshArguments: [
      ...words(read('ansible_ssh_args') ?? config('ANSIBLE_SSH_ARGS')),
      ...words(read('ansible_ssh_common_args')),
      ...words(read('ansible_ssh_extra_args')),
      ...settings.sshArguments,
    ],
    directory: context.play.directory,
    connectTimeoutMs: settings.timeoutSeconds * 1000,
    python: pythonOf(read('ansible_python_interpreter') ?? config('INTERPRETER_PYTHON')),
  };
}

/** Whether tasks sent there may change files of the machine that runs the playbook. */
export function isOnThisMachine(target: ConnectionTarget): boolean {
  return target.kind === 'local' || LOCAL_ADDRESS.test(target.address);
}

/** Who a task runs as; undefined means the login user, also when that is the one to become. */
export function becomeRequest(
  context: PlayContext,
  keywords: TaskKeywords,
  env: Environment,
): BecomeRequest | undefined {
  const read = reader(env);
  if (!(flagOf('become', read('ansible_become')) ?? keywords.become)) return undefined;
  const method =
    text(read('ansible_become_method')) ??
    keywords.becomeMethod ??
    text(context.config('DEFAULT_BECOME_METHOD')) ??
    'sudo';
  const short = method.replace(/^.*\./, '');
  const own = (name: string): Value | undefined => read(`ansible_become_${name}`, `ansible_${short}_${name}`);
  const exe = text(own('exe')) ?? keywords.becomeExe ?? text(context.config('DEFAULT_BECOME_EXE'));
  const flags = text(own('flags')) ?? keywords.becomeFlags ?? text(context.config('DEFAULT_BECOME_FLAGS'));
  const password =
    text(
      read(
        'ansible_become_password',
        'ansible_become_pass',
        `ansible_${short}_password`,
        `ansible_${short}_pass`,
      ),
    ) ?? context.settings.becomePassword?.reveal();
  const user =
    text(own('user')) ?? keywords.becomeUser ?? text(context.config('DEFAULT_BECOME_USER')) ?? 'root';
  const isSame = user === knownUser(context, keywords, read);
  if (isSame && context.config('BECOME_ALLOW_SAME_USER') !== true) return undefined;
  return {
    method: short,
    user,
    ...(exe === undefined ? {} : { exe }),
    ...(flags === undefined ? {} : { flags }),
    ...(password === undefined ? {} : { password }),
  };
}

function kindOf(keywords: TaskKeywords, read: Reader): ConnectionTarget['kind'] {
  const transport = read('ansible_connection') ?? keywords.connection ?? 'ssh';
  return /(^|\.)local$/.test(str(transport)) ? 'local' : 'ssh';
}

function writtenUser(context: PlayContext, keywords: TaskKeywords, read: Reader): string | undefined {
  return (
    text(read('ansible_user', 'ansible_ssh_user')) ??
    keywords.remoteUser ??
    text(context.config('DEFAULT_REMOTE_USER'))
  );
}

/** Who tasks run as without become, as far as it is known: the ssh client's own configuration may name another user. */
function knownUser(context: PlayContext, keywords: TaskKeywords, read: Reader): string | undefined {
  return kindOf(keywords, read) === 'local'
    ? context.settings.localUser
    : writtenUser(context, keywords, read);
}

/** The directory for temporary files of the login user. */
export function remoteTmp(context: PlayContext, env: Environment): string {
  const value = reader(env)('ansible_remote_tmp') ?? context.config('shell.sh.remote_tmp');
  return text(value) ?? REMOTE_TMP_DEFAULT;
}

type Reader = (...names: readonly string[]) => Value | undefined;

/** Reads the first of several variables that is set. */
function reader(env: Environment): Reader {
  return (...names) => {
    for (const name of names) {
      const value = env.scope.resolve(name);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  };
}

function isHostKeyChecked(read: Reader, config: PlayContext['config']): boolean {
  const value =
    read('ansible_ssh_host_key_checking', 'ansible_host_key_checking') ?? config('HOST_KEY_CHECKING');
  return flagOf('host_key_checking', value) ?? true;
}

/** Ansible's discovery modes all mean: look for one. */
function pythonOf(value: Value | undefined): string {
  const path = text(value);
  return path === undefined || path.startsWith('auto') ? 'auto' : path;
}

function text(value: Value | undefined): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : str(value);
}

/** Splits as a shell does, for the argument variables of ssh. */
function words(value: Value | undefined): readonly string[] {
  const line = text(value) ?? '';
  const matches = line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g);
  return [...matches].map((match) => match[0].replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}
