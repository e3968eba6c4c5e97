/** What a crashed module printed, as it comes through the terminal that Ansible's ssh asks for. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import type { ConnectionTarget } from '../session/session.ts';
import type { PlayContext } from './play-context.ts';
import { flagOf } from './task-keywords.ts';

/** Whether Ansible would run modules there in a terminal: over ssh, unless modules are piped into Python. */
export function hasTerminal(context: PlayContext, target: ConnectionTarget, env: Environment): boolean {
  const flag = (names: readonly string[], setting: string): boolean => {
    const written = names.map((name) => env.scope.resolve(name)).find((value) => value !== undefined);
    return flagOf(setting, written ?? context.config(`connection.ssh.${setting}`)) ?? false;
  };
  if (target.kind !== 'ssh') return false;
  return (
    flag(['ansible_ssh_use_tty'], 'use_tty') &&
    !flag(['ansible_pipelining', 'ansible_ssh_pipelining'], 'pipelining')
  );
}

/** A terminal has one stream: the traceback of a module without a result is in `module_stdout`. */
export function throughTerminal(result: Dict, target: ConnectionTarget): Dict {
  const texts = ['module_stdout', 'module_stderr'].map((name) => result.get(name));
  const [stdout, stderr] = texts;
  if (typeof stdout !== 'string' || typeof stderr !== 'string') return result;
  return new Map<Value, Value>([
    ...result,
    ['module_stdout', (stdout + stderr).replaceAll(/\r?\n/g, '\r\n')],
    ['module_stderr', `Shared connection to ${target.address} closed.\r\n`],
  ]);
}
