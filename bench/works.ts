/** The works: what is compared, and Sortie's budgets for it. */

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Done, Job, Work } from './work.ts';

const COMMANDS = 100;
const COPIES = 100;
const LARGE_BYTES = 32 * 1024 * 1024;
const INVENTORY_HOSTS = 10_000;
const KIB = 1024;

const playbooks = path.join(import.meta.dirname, 'playbooks');

const commands: Pick<Work, 'clock' | 'hosts' | 'prepare' | 'problem' | 'recap'> = {
  hosts: 1,
  clock: 'process',
  prepare: (directory) => ({
    ...playbookJob(
      directory,
      times(COMMANDS, (n) => `- name: command ${n}\n  command: /bin/true`),
    ),
    plain: plainCommands(directory),
  }),
  recap: { ok: COMMANDS, changed: COMMANDS, skipped: 0 },
  problem: plainProblem,
};

const mixed: Pick<Work, 'clock' | 'prepare' | 'recap'> = {
  clock: 'process',
  prepare: (_directory, root) => {
    mkdirSync(path.join(root, 'hosts'));
    return { kind: 'playbook', playbook: path.join(playbooks, 'mixed.yml'), words: [] };
  },
  recap: { ok: 19, changed: 11, skipped: 1 },
};

export const works: readonly Work[] = [
  {
    ...commands,
    name: 'commands',
    title: `${COMMANDS} command tasks, 1 host`,
    budgets: [
      { kind: 'times', of: 'ssh', max: 1.4 },
      { kind: 'faster', than: 'mitogen', min: 8 },
      { kind: 'faster', than: 'ansible', min: 45 },
      { kind: 'sent-bytes', max: 50 * KIB },
    ],
  },
  {
    ...commands,
    name: 'loop',
    title: `one loop of ${COMMANDS} commands, 1 host`,
    prepare: (directory) => ({
      ...playbookJob(directory, [
        `- name: commands\n  command: /bin/true\n  loop: "{{ range(${COMMANDS}) | list }}"`,
      ]),
      plain: plainCommands(directory),
    }),
    recap: { ok: 1, changed: 1, skipped: 0 },
    problem: (done) => plainProblem(done) ?? loopProblem(done),
    budgets: [],
  },
  {
    name: 'copies',
    title: `${COPIES} copies of 1 KiB, 1 host`,
    hosts: 1,
    clock: 'process',
    prepare: prepareCopies,
    recap: { ok: COPIES, changed: COPIES, skipped: 0 },
    problem: ({ directory, root }) => firstDifference(COPIES, directory, root),
    budgets: [{ kind: 'seconds', max: 0.7 }],
  },
  {
    ...mixed,
    name: 'mixed',
    title: '20 mixed tasks, 1 host',
    hosts: 1,
    problem: mixedProblem(1),
    budgets: [],
  },
  {
    ...mixed,
    name: 'mixed-10',
    title: '20 mixed tasks, 10 hosts',
    hosts: 10,
    problem: mixedProblem(10),
    budgets: [
      { kind: 'faster', than: 'mitogen', min: 7 },
      { kind: 'cpu-part', of: 'mitogen', max: 0.125 },
    ],
  },
  {
    ...mixed,
    name: 'mixed-50',
    title: '20 mixed tasks, 50 hosts',
    hosts: 50,
    isSlow: true,
    problem: mixedProblem(50),
    budgets: [
      { kind: 'faster', than: 'mitogen', min: 7 },
      { kind: 'cpu-part', of: 'mitogen', max: 0.125 },
    ],
  },
  {
    name: 'facts',
    title: 'facts of 10 hosts',
    hosts: 10,
    clock: 'process',
    prepare: () => ({ kind: 'playbook', playbook: path.join(playbooks, 'facts.yml'), words: [] }),
    recap: { ok: 2, changed: 0, skipped: 0 },
    problem: ({ stdout }) =>
      countOf(stdout, /knows Linux/g) === 10 ? undefined : 'facts are missing in the output',
    budgets: [{ kind: 'seconds', max: 1.2 }],
  },
  {
    name: 'large-copy',
    title: 'a copy of 32 MiB, 1 host',
    hosts: 1,
    clock: 'process',
    prepare: prepareLargeCopy,
    recap: { ok: 1, changed: 1, skipped: 0 },
    problem: ({ directory, root }) => firstDifference(1, directory, root),
    budgets: [{ kind: 'times', of: 'mitogen', max: 0.6 }],
  },
  {
    ...commands,
    name: 'commands-far',
    title: `${COMMANDS} command tasks, 1 host over a round trip of 100 ms`,
    isSlow: true,
    roundTripMs: 100,
    budgets: [{ kind: 'times', of: 'ssh', max: 1.2 }],
  },
  {
    name: 'first-connection',
    title: 'from the start to the first connection, 1 task, 1 host',
    hosts: 1,
    clock: 'first-connection',
    without: ['ssh'],
    prepare: (directory) => playbookJob(directory, ['- name: command\n  command: /bin/true']),
    recap: { ok: 1, changed: 1, skipped: 0 },
    problem: () => undefined,
    budgets: [{ kind: 'seconds', max: 0.15 }],
  },
  {
    name: 'inventory',
    title: `--list-hosts with ${INVENTORY_HOSTS} hosts in 50 groups`,
    hosts: 0,
    clock: 'process',
    without: ['mitogen'],
    prepare: prepareInventory,
    problem: ({ stdout }) =>
      countOf(stdout, /^\s+node\d+\.example$/gm) === INVENTORY_HOSTS ? undefined : 'hosts are missing',
    budgets: [{ kind: 'seconds', max: 1.5 }],
  },
  {
    name: 'version',
    title: '--version',
    hosts: 0,
    clock: 'process',
    prepare: () => ({ kind: 'version' }),
    problem: ({ stdout }) => (/\d+\.\d+/.test(stdout) ? undefined : 'no version was printed'),
    budgets: [{ kind: 'seconds', max: 0.06 }],
  },
];

type PlaybookJob = Extract<Job, { readonly kind: 'playbook' }>;

function playbookJob(directory: string, tasks: readonly string[]): PlaybookJob {
  const playbook = path.join(directory, 'playbook.yml');
  const text = tasks.map((task) => task.replaceAll(/^/gm, '    ')).join('\n');
  writeFileSync(playbook, `- hosts: all\n  gather_facts: false\n  tasks:\n${text}\n`);
  return { kind: 'playbook', playbook, words: [] };
}

function plainCommands(directory: string): NonNullable<PlaybookJob['plain']> {
  const stdinFile = path.join(directory, 'script.sh');
  const lines = times(COMMANDS, () => '/bin/true && done=$((done + 1))');
  writeFileSync(stdinFile, `${lines.join('\n')}\necho "$done commands"\n`);
  return { command: 'sh', stdinFile };
}

function plainProblem({ stdout, tool }: Done): string | undefined {
  if (tool !== 'ssh' || stdout.trim() === `${COMMANDS} commands`) return undefined;
  return `the script has not run all commands: ${stdout}`;
}

function loopProblem({ stdout, tool }: Done): string | undefined {
  const items = countOf(stdout, /^changed: \[h1\] => \(item=\d+\)$/gm);
  return tool === 'ssh' || items === COMMANDS ? undefined : `${items} items have run`;
}

function prepareCopies(directory: string): Job {
  const names = times(COPIES, (n) => `copy${n}`);
  mkdirSync(path.join(directory, 'files'));
  for (const name of names) writeFileSync(path.join(directory, 'files', name), randomBytes(KIB));
  return playbookJob(
    directory,
    names.map((name) => `- name: ${name}\n  copy:\n    src: ${name}\n    dest: "{{ root }}/${name}"`),
  );
}

function prepareLargeCopy(directory: string, root: string): Job {
  const stdinFile = path.join(directory, 'files', 'copy1');
  mkdirSync(path.join(directory, 'files'));
  writeFileSync(stdinFile, randomBytes(LARGE_BYTES));
  return {
    ...playbookJob(directory, ['- name: large\n  copy:\n    src: copy1\n    dest: "{{ root }}/copy1"']),
    plain: { command: `cat > ${root}/copy1`, stdinFile },
  };
}

function firstDifference(count: number, directory: string, root: string): string | undefined {
  const isSame = (name: string): boolean => {
    const copy = path.join(root, name);
    return existsSync(copy) && readFileSync(copy).equals(readFileSync(path.join(directory, 'files', name)));
  };
  const name = times(count, (n) => `copy${n}`).find((each) => !isSame(each));
  return name === undefined ? undefined : `${name} differs from its source`;
}

/** What playbooks/mixed.yml leaves on each host. */
function mixedProblem(hosts: number): Work['problem'] {
  return ({ root }) =>
    times(hosts, (n) => `h${n}`)
      .map((host) => {
        const at = (name: string): string => path.join(root, 'hosts', host, name);
        const missing = ['app.conf', 'motd', 'notes', 'bin/start', 'release'].find(
          (name) => !existsSync(at(name)),
        );
        if (missing !== undefined) return `${host} has no ${missing}`;
        const config = readFileSync(at('app.conf'), 'utf8');
        if (!config.includes(`name = ${host}\n`)) return `app.conf of ${host} is wrong`;
        if (!config.includes('workers = 4\n')) return `lineinfile has not changed app.conf of ${host}`;
        if ((statSync(at('bin/start')).mode & 0o777) !== 0o755) return `bin/start of ${host} cannot be run`;
        return existsSync(at('old')) ? `${host} still has the file that goes` : undefined;
      })
      .find((problem) => problem !== undefined);
}

function prepareInventory(directory: string): Job {
  const inventory = path.join(directory, 'hosts.ini');
  const perGroup = INVENTORY_HOSTS / 50;
  const groups = times(50, (group) => {
    const hosts = times(perGroup, (n) => {
      const number = (group - 1) * perGroup + n;
      return `node${number}.example ansible_host=10.0.${group}.${n} rack=r${number % 40} weight=${n}`;
    });
    return [`[group${group}]`, ...hosts, `[group${group}:vars]`, `tier=${group % 3}`].join('\n');
  });
  writeFileSync(inventory, `${groups.join('\n')}\n`);
  return {
    ...playbookJob(directory, ['- command: /bin/true']),
    inventory,
    words: ['--list-hosts'],
  };
}

function times<T>(count: number, make: (number: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index + 1));
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
