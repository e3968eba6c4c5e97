/** What is compared: how each tool is started for a job, with settings that serve it well. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from './measure.ts';
import type { Road, Targets } from './targets.ts';
import type { Job } from './work.ts';

export type ToolName = 'ansible' | 'mitogen' | 'sortie' | 'ssh';

export type Tool = {
  readonly name: ToolName;
  readonly title: string;
  /** The command for a job; undefined where the tool cannot do it. */
  readonly command: (job: Job, place: Place) => Command | undefined;
};

/** Where a job runs: the controller's directory, and the way to the hosts. */
export type Place = {
  readonly directory: string;
  readonly root: string;
  readonly hosts: number;
  readonly road: Road;
  readonly targets: Targets;
};

const ANSIBLE = '/usr/bin/ansible-playbook';
const CLI = path.join(import.meta.dirname, '../dist/sortie.mjs');
const NODE_OPTIONS = '--disable-warning=ExperimentalWarning';

/** The tools of this machine, and a sentence for each that is not there. */
export function findTools(hasPeers: boolean): { tools: Tool[]; missing: string[] } {
  const tools: Tool[] = [sortie, ssh];
  const missing: string[] = [];
  if (!existsSync(CLI)) throw new Error(`${CLI} is not there: run "npm run build" first`);
  if (!hasPeers) return { tools, missing };
  const hasAnsible = existsSync(ANSIBLE);
  if (hasAnsible) tools.push(ansible);
  else missing.push(`Ansible is left out: ${ANSIBLE} is not there`);
  const plugins = mitogenPlugins();
  if (plugins !== undefined && hasAnsible) tools.push(mitogen(plugins));
  else missing.push("Mitogen is left out: Python's package ansible_mitogen is not there");
  return { tools, missing };
}

const sortie: Tool = {
  name: 'sortie',
  title: 'Sortie',
  command: (job, place) => {
    const program = [process.execPath, NODE_OPTIONS, CLI];
    if (job.kind === 'version') return { argv: [...program, '--version'], environment: environmentOf(place) };
    return { argv: [...program, 'run', ...playbookWords(job, place)], environment: environmentOf(place) };
  },
};

const ansible: Tool = {
  name: 'ansible',
  title: 'Ansible',
  command: (job, place) => {
    const words = job.kind === 'version' ? ['--version'] : playbookWords(job, place);
    return { argv: [ANSIBLE, ...words], environment: environmentOf(place) };
  },
};

function mitogen(plugins: string): Tool {
  return {
    name: 'mitogen',
    title: 'Mitogen',
    command: (job, place) => {
      if (job.kind === 'version') return undefined;
      const strategy = { ANSIBLE_STRATEGY_PLUGINS: plugins, ANSIBLE_STRATEGY: 'mitogen_linear' };
      return {
        argv: [ANSIBLE, ...playbookWords(job, place)],
        environment: { ...environmentOf(place), ...strategy },
      };
    },
  };
}

/** `ssh host sh`, fed with a script that does the same: what the work costs without any tool. */
const ssh: Tool = {
  name: 'ssh',
  title: 'plain ssh',
  command: (job, { road, targets }) => {
    if (job.kind === 'version' || job.plain === undefined) return undefined;
    const [port] = road.ports;
    const words = [...targets.sshOptions, '-p', String(port), '-i', targets.keyFile];
    return {
      argv: ['/usr/bin/ssh', ...words, `${targets.user}@h1`, job.plain.command],
      environment: baseEnvironment(),
      stdinFile: job.plain.stdinFile,
    };
  },
};

function playbookWords(job: Job & { readonly kind: 'playbook' }, place: Place): string[] {
  const inventory = job.inventory ?? writeInventory(place);
  return ['-i', inventory, job.playbook, '-e', `root=${place.root}`, ...job.words];
}

/** Names h1, h2, … that differ by their ports, so that nobody shares a connection between hosts. */
function writeInventory({ directory, hosts, road, targets }: Place): string {
  const file = path.join(directory, 'inventory.ini');
  const lines = road.ports.slice(0, hosts).map((port, index) => `h${index + 1} ansible_port=${port}`);
  const vars = [
    `ansible_user=${targets.user}`,
    `ansible_ssh_private_key_file=${targets.keyFile}`,
    'ansible_python_interpreter=/usr/bin/python3',
    `ansible_ssh_common_args='${targets.sshOptions.join(' ')}'`,
  ];
  writeFileSync(file, [...lines, '[all:vars]', ...vars, ''].join('\n'));
  return file;
}

/** All tools read the same ansible.cfg, away from the user's own settings. */
function environmentOf({ directory }: Place): Record<string, string> {
  const home = path.join(directory, 'home');
  const config = path.join(directory, 'ansible.cfg');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    config,
    [
      '[defaults]',
      'forks = 50',
      'host_key_checking = true',
      `local_tmp = ${path.join(home, 'tmp')}`,
      `remote_tmp = ${path.join(home, 'remote')}`,
      '[ssh_connection]',
      'pipelining = true',
      'ssh_args = -C -o ControlMaster=auto -o ControlPersist=60s',
      `control_path_dir = ${path.join(home, 'cp')}`,
      '',
    ].join('\n'),
  );
  return {
    ...baseEnvironment(),
    HOME: home,
    ANSIBLE_CONFIG: config,
    ANSIBLE_HOME: path.join(home, 'ansible'),
    SORTIE_HOME: path.join(home, 'sortie'),
  };
}

function baseEnvironment(): Record<string, string> {
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', USER: process.env.USER ?? 'root' };
}

function mitogenPlugins(): string | undefined {
  const script = 'import ansible_mitogen; print(ansible_mitogen.__path__[0])';
  const found = spawnSync('/usr/bin/python3', ['-c', script], { encoding: 'utf8' });
  if (found.status !== 0) return undefined;
  const plugins = path.join(found.stdout.trim(), 'plugins/strategy');
  return existsSync(path.join(plugins, 'mitogen_linear.py')) ? plugins : undefined;
}
