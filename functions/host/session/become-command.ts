/** Command lines that run a command as another user, as the become plugins of Ansible make them. */

import { FailureError } from '../../../shared/base/failure.ts';
import type { BecomeRequest } from '../../../shared/wire/agent-frame.ts';

/** A command line, and how to tell what happens with it. */
export type RawBecome = {
  readonly method: string;
  readonly command: string;
  /** Printed on a line of its own right before the command starts. */
  readonly successMark: string;
  readonly prompt: RegExp;
  readonly password: string | undefined;
};

/** Wraps a command line; `mark` must be unknown to the command. Throws FailureError for a method that `raw` cannot use. */
export function rawBecome(command: string, become: BecomeRequest, mark: string): RawBecome {
  const successMark = `BECOME-SUCCESS-${mark}`;
  const script = `/bin/sh -c ${quote(`echo ${successMark} ; ${command}`)}`;
  return {
    method: become.method,
    successMark,
    password: become.password,
    ...wrap(script, become, mark),
  };
}

/** The command line that an agent's child is started with, as `-vvv` shows it. */
export function shownBecome(become: BecomeRequest): string {
  const { method, exe = method, flags = '', user } = become;
  const isKnown = method === 'sudo' || method === 'su' || method === 'doas';
  const line = isKnown
    ? wrap('/bin/sh', become, 'agent').command
    : `${exe} ${flags} -u ${quote(user)} /bin/sh`;
  return `EXEC ${line}`;
}

/** One shell word. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

function wrap(
  script: string,
  become: BecomeRequest,
  mark: string,
): { readonly command: string; readonly prompt: RegExp } {
  const user = quote(become.user);
  const exe = become.exe ?? become.method;
  switch (become.method) {
    case 'sudo': {
      const prompt = `[sudo via sortie, key=${mark}] password:`;
      const flags = become.flags ?? '-H -S -n';
      const asks = become.password !== undefined;
      const used = asks ? `${withoutFlag(flags, 'n')} -p ${quote(prompt)}` : flags;
      return {
        command: `${exe} ${used} -u ${user} ${script}`,
        prompt: new RegExp(`\\[sudo via sortie, key=${mark}\\] password:`, 'g'),
      };
    }
    case 'su':
      return {
        command: `${exe} ${become.flags ?? ''} ${user} -c ${quote(script)}`,
        prompt: /[^\n]*(?:password|passwort|mot de passe|contraseña|пароль|密码|パスワード)[^\n]*[:：] ?/giu,
      };
    case 'doas':
      return {
        command: `${exe} ${become.flags ?? ''} ${become.password === undefined ? '-n' : ''} -u ${user} ${script}`,
        prompt: /doas \([^\n]*\) password: ?/g,
      };
    default:
      throw new FailureError({
        kind: 'become-refused',
        message: `The become method ${become.method} is not supported for raw; use sudo, su or doas`,
        retryable: false,
      });
  }
}

function withoutFlag(flags: string, letter: string): string {
  return flags
    .split(/\s+/)
    .map((word) => (/^-[A-Za-z]+$/.test(word) ? word.replace(letter, '') : word))
    .filter((word) => word !== '-')
    .join(' ');
}
