/** The modules that a function runs on its own machine, where there is no Python. */

import { command, shell } from './command.ts';
import { copy } from './copy.ts';
import { file } from './file.ts';
import type { LocalModule } from './local-module.ts';
import { ownName } from './own-name.ts';
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
