/** The modules that a function runs on its own machine, where there is no Python. */

import type { Dict } from '../../../shared/base/value.ts';
import { textArgument } from '../actions/arguments.ts';
import { command, shell } from './command.ts';
import { copy } from './copy.ts';
import { file } from './file.ts';
import type { LocalModule } from './local-module.ts';
import { ping } from './ping.ts';
import { setup } from './setup.ts';
import { slurp } from './slurp.ts';
import { stat } from './stat.ts';
import { tempfile } from './tempfile.ts';
import { uri } from './uri.ts';
import { waitFor } from './wait-for.ts';

const modules: ReadonlyMap<string, LocalModule> = new Map([
  ['command', command],
  ['copy', copy],
  ['file', file],
  ['ping', ping],
  ['setup', setup],
  ['shell', shell],
  ['slurp', slurp],
  ['stat', stat],
  ['tempfile', tempfile],
  ['uri', uri],
  ['wait_for', waitFor],
]);

/** The module of that name, or undefined. */
export function findLocalModule(name: string): LocalModule | undefined {
  return modules.get(ownName(name));
}

/** The name without `ansible.builtin.`. */
function ownName(name: string): string {
  return name.replace(/^ansible\.(builtin|legacy)\./, '');
}

const READERS = new Set(['ping', 'setup', 'slurp', 'stat', 'wait_for']);

/** Whether running it a second time does no harm. */
export function isRepeatable(name: string, args: Dict, isCheck: boolean): boolean {
  const own = ownName(name);
  if (isCheck || READERS.has(own) || !modules.has(own)) return true;
  return own === 'uri' && /^(GET|HEAD|OPTIONS)$/i.test(textArgument(args, 'method') ?? 'GET');
}
