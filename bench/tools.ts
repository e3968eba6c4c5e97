/** The tools that are compared, and one measured run of a tool. */

import { spawn } from 'node:child_process';
import { existsSync, globSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Tool = {
  readonly name: 'ansible' | 'mitogen' | 'sortie' | 'ssh';
  readonly command: (place: Place) => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

/** Where a run finds its files: `inventory`, `site.yml`, `script.sh`, `ssh_config`. */
export type Place = { readonly directory: string };

export type Spent = { readonly seconds: number; readonly cpuSeconds: number; readonly exitCode: number };

const root = path.join(import.meta.dirname, '..');
const FORKS = ['-f', '50'];
const playbook = ({ directory }: Place): string[] => [
  '-i',
  `${directory}/inventory`,
  ...FORKS,
  `${directory}/site.yml`,
];

const ansible: Tool = {
  name: 'ansible',
  command: (place) => ['/usr/bin/ansible-playbook', ...playbook(place)],
  environment: { ANSIBLE_PIPELINING: '1' },
};

const mitogenPlugins = globSync('/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy')[0];

export const tools: readonly Tool[] = [
  {
    name: 'sortie',
    command: (place) => [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      `${root}/dist/sortie.mjs`,
      'run',
      ...playbook(place),
    ],
    environment: {},
  },
  {
    name: 'ssh',
    command: ({ directory }) => [
      '/bin/sh',
      '-c',
      `exec ssh -F ${directory}/ssh_config host sh < ${directory}/script.sh`,
    ],
    environment: {},
  },
  ...(mitogenPlugins === undefined
    ? []
    : [
        {
          ...ansible,
          name: 'mitogen' as const,
          environment: { ANSIBLE_STRATEGY_PLUGINS: mitogenPlugins, ANSIBLE_STRATEGY: 'mitogen_linear' },
        },
      ]),
  ...(existsSync('/usr/bin/ansible-playbook') ? [ansible] : []),
];

/** Prints the processor time of a command and of all that it waited for, which the shell's own `time` cannot give to us. */
const MEASURE = `import json, resource, subprocess, sys, time
began = time.monotonic()
code = subprocess.call(sys.argv[2:])
spent = resource.getrusage(resource.RUSAGE_CHILDREN)
json.dump({'seconds': time.monotonic() - began, 'cpuSeconds': spent.ru_utime + spent.ru_stime, 'exitCode': code}, open(sys.argv[1], 'w'))
`;

/** Runs the tool once in a place; its output goes to `output` there. */
export async function measure(tool: Tool, place: Place): Promise<Spent> {
  const { directory } = place;
  const result = `${directory}/spent.json`;
  const output = openSync(`${directory}/output`, 'w');
  const child = spawn('/usr/bin/python3', ['-c', MEASURE, result, ...tool.command(place)], {
    cwd: directory,
    stdio: ['ignore', output, output],
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: directory,
      LANG: 'C.UTF-8',
      ANSIBLE_CONFIG: `${directory}/ansible.cfg`,
      ANSIBLE_HOST_KEY_CHECKING: 'False',
      ...tool.environment,
    },
  });
  await new Promise((resolve) => child.once('close', resolve));
  return parseSpent(readFileSync(result, 'utf8'));
}

function parseSpent(text: string): Spent {
  return JSON.parse(text) as Spent;
}
