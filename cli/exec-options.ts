/** The options of `sortie exec`: those of the ansible command. */

import type { OptionSpec } from './option-parser.ts';
import { runOptions } from './run-options.ts';

/** Those that only make sense for playbooks, and those of the cloud, which runs playbooks only. */
const OF_PLAYBOOKS = new Set([
  'allowKeys',
  'detach',
  'flushCache',
  'forceHandlers',
  'listTags',
  'listTasks',
  'on',
  'project',
  'skipTags',
  'startAtTask',
  'step',
  'strategy',
  'syntaxCheck',
  'tags',
]);

export const execOptions: readonly OptionSpec[] = [
  ...runOptions.filter(({ key }) => !OF_PLAYBOOKS.has(key)),
  {
    key: 'moduleName',
    flags: ['-m', '--module-name'],
    value: 'MODULE_NAME',
    help: 'the module or action to run (default: command)',
  },
  {
    key: 'moduleArgs',
    flags: ['-a', '--args'],
    value: 'MODULE_ARGS',
    help: 'its arguments: key=value words, a command line, or a JSON object',
  },
  { key: 'oneLine', flags: ['-o', '--one-line'], help: 'print one line for each host' },
  {
    key: 'tree',
    flags: ['-t', '--tree'],
    value: 'TREE',
    help: 'write the results into files of this directory',
  },
  {
    key: 'background',
    flags: ['-B', '--background'],
    value: 'SECONDS',
    isInt: true,
    help: 'run in the background, and fail after so many seconds',
  },
  {
    key: 'poll',
    flags: ['-P', '--poll'],
    value: 'POLL_INTERVAL',
    isInt: true,
    help: 'with -B, seconds between two looks at the task (default: 15)',
  },
  {
    key: 'taskTimeout',
    flags: ['--task-timeout'],
    value: 'TASK_TIMEOUT',
    isInt: true,
    help: 'seconds that the task may take',
  },
  {
    key: 'playbookDir',
    flags: ['--playbook-dir'],
    value: 'BASEDIR',
    help: 'stands for the directory of a playbook: of roles, group_vars and so on',
  },
];
