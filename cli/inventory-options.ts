/** The options of `sortie inventory`: those of ansible-inventory. */

import type { OptionSpec } from './option-parser.ts';
import { runOptions } from './run-options.ts';

const SHARED = new Set([
  'askVaultPass',
  'extraVars',
  'help',
  'inventory',
  'vaultIds',
  'vaultPasswordFiles',
  'verbosity',
  'version',
]);
const ACTIONS = 'Actions';

export const inventoryOptions: readonly OptionSpec[] = [
  ...runOptions.filter(({ key }) => SHARED.has(key)),
  {
    key: 'playbookDir',
    flags: ['--playbook-dir'],
    value: 'BASEDIR',
    help: 'the directory whose group_vars and host_vars count as those of the playbook',
  },
  { key: 'list', flags: ['--list'], group: ACTIONS, help: 'show all hosts, as an inventory script does' },
  {
    key: 'host',
    flags: ['--host'],
    value: 'HOST',
    group: ACTIONS,
    help: 'show the variables of one host',
  },
  { key: 'graph', flags: ['--graph'], group: ACTIONS, help: 'show the groups below a group as a graph' },
  { key: 'yaml', flags: ['-y', '--yaml'], help: 'YAML instead of JSON; not for --graph' },
  { key: 'vars', flags: ['--vars'], help: 'with --graph, show variables too' },
  {
    key: 'export',
    flags: ['--export'],
    help: 'with --list, show variables where they are set instead of what hosts have in the end',
  },
  {
    key: 'output',
    flags: ['--output'],
    value: 'OUTPUT_FILE',
    help: 'with --list, write to this file instead of the screen',
  },
];
