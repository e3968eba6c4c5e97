/** What modules are told beside a task's arguments: Ansible's `_ansible_…` ones, where the agent does not know better. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import type { ActionCall } from '../actions/action.ts';
import { REMOTE_TMP_DEFAULT } from './connection-target.ts';
import { compatibleVersion } from './magic-variables.ts';
import type { ChosenModule } from './remote.ts';

export type InternalSite = {
  /** The module's name as messages show it. */
  readonly asked: string;
  readonly chosen: ChosenModule;
  readonly remoteTmp: string;
};

/** Settings that modules read, with what the agent takes when nothing is sent. */
const SETTINGS: readonly (readonly [argument: string, setting: string, agentsOwn: Value])[] = [
  ['_ansible_debug', 'DEFAULT_DEBUG', false],
  ['_ansible_keep_remote_files', 'DEFAULT_KEEP_REMOTE_FILES', false],
  ['_ansible_syslog_facility', 'DEFAULT_SYSLOG_FACILITY', 'LOG_USER'],
  ['_ansible_string_conversion_action', 'STRING_CONVERSION_ACTION', 'warn'],
  ['_ansible_shell_executable', 'DEFAULT_EXECUTABLE', '/bin/sh'],
];

/** The internal arguments of one request; as few as can be, because every request carries them. */
export function internalArguments(call: ActionCall, { asked, chosen, remoteTmp }: InternalSite): Dict {
  const { config, settings } = call.context;
  const own = chosen.name.replace(/@.*$/, '');
  const args: Dict = new Map<Value, Value>([
    ['_ansible_no_log', call.keywords.noLog || config('DEFAULT_NO_TARGET_SYSLOG') === true],
  ]);
  if (asked !== own) args.set('_ansible_module_name', asked);
  if (settings.verbosity > 0) args.set('_ansible_verbosity', settings.verbosity);
  if (remoteTmp !== REMOTE_TMP_DEFAULT) args.set('_ansible_remote_tmp', remoteTmp);
  if (chosen.bundles.length === 0) return args;
  args.set('_ansible_version', compatibleVersion);
  for (const [name, setting, agentsOwn] of SETTINGS) {
    const value = config(setting);
    if (value !== undefined && value !== agentsOwn) args.set(name, value);
  }
  return args;
}
