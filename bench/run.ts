/**
 * Compares Sortie with Ansible (pipelining on), Mitogen and plain ssh on the same hosts, and prints wall time, processor
 * time, bytes, turns and ratios. `npm run bench -- --only=loop --tools=sortie,ssh --times=5`
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Fleet, fleetKind, startFleet } from '../test/fleet/fleet.ts';
import { type Relay, startRelay, type Traffic } from './relay.ts';
import { budgetLines, type Measured, tableLines } from './results.ts';
import { measure, type Tool, tools } from './tools.ts';
import { type Work, works } from './works.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    tools: { type: 'string', default: 'sortie,ssh,mitogen,ansible' },
    times: { type: 'string', default: '3' },
  },
});
const TIMES_OF_SLOW = 1;
const machine = fleetKind();

if (machine === undefined) throw new Error('bench needs an OpenSSH server: apt install openssh-server');
const measured: Measured[] = [];
for (const work of works.filter(({ name }) => name.includes(values.only))) {
  const fleet = await startFleet(names(work.hosts), machine.kind);
  try {
    measured.push(...(await compare(work, fleet)));
  } finally {
    await fleet.stop();
  }
}
process.stdout.write(`\n${[...tableLines(measured), '', ...budgetLines(measured)].join('\n')}\n`);

async function compare(work: Work, fleet: Fleet): Promise<Measured[]> {
  const relays = await Promise.all(fleet.hosts.map(({ port }) => startRelay(port, work.delayMs)));
  const results: Measured[] = [];
  const wanted = tools.filter(({ name }) => values.tools.split(',').includes(name));
  for (const tool of wanted.filter(({ name }) => name !== 'ssh' || work.script !== undefined)) {
    results.push(await repeat(tool, { work, fleet, relays }));
  }
  await Promise.all(relays.map((relay) => relay.stop()));
  return results;
}

type Stage = { readonly work: Work; readonly fleet: Fleet; readonly relays: readonly Relay[] };

/** The median of several runs; the slow ones are run once. */
async function repeat(tool: Tool, stage: Stage): Promise<Measured> {
  const times = tool.name === 'ansible' ? TIMES_OF_SLOW : Number(values.times);
  const runs: Measured[] = [];
  for (let time = 0; time < times; time++) runs.push(await once(tool, stage));
  const median = runs.toSorted((left, right) => left.seconds - right.seconds)[Math.floor(times / 2)];
  if (median === undefined) throw new Error('--times must be 1 or more');
  process.stdout.write(`${stage.work.name}: ${tool.name} ${median.seconds.toFixed(2)} s\n`);
  return median;
}

async function once(tool: Tool, { work, fleet, relays }: Stage): Promise<Measured> {
  const directory = mkdtempSync(path.join(tmpdir(), 'sortie-bench-'));
  for (const { root } of fleet.hosts) rmSync(path.join(root, 'tmp/bench'), { recursive: true, force: true });
  writePlace(directory, { work, fleet, relays });
  for (const relay of relays) relay.take();
  const spent = await measure(tool, { directory });
  const traffic = relays.map((relay) => relay.take()).reduce(add);
  if (spent.exitCode !== 0) throw new Error(`${tool.name} failed at ${work.name}: see ${directory}/output`);
  rmSync(directory, { recursive: true, force: true });
  return { work: work.name, tool: tool.name, ...spent, ...traffic };
}

function writePlace(directory: string, { work, fleet, relays }: Stage): void {
  const key = fleet.privateKeyFile;
  const user = fleet.kind === 'pods' ? 'root' : process.env.USER;
  const hosts = fleet.hosts.map(
    ({ name }, index) => `${name} ansible_host=127.0.0.1 ansible_port=${relays[index]?.port}`,
  );
  const common = [
    '[all:vars]',
    `ansible_user=${user}`,
    `ansible_ssh_private_key_file=${key}`,
    'ansible_python_interpreter=/usr/bin/python3',
    'ansible_ssh_common_args=-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR',
  ];
  mkdirSync(path.join(directory, '.ssh'));
  writeFileSync(path.join(directory, 'inventory'), [...hosts, '', ...common, ''].join('\n'));
  writeFileSync(path.join(directory, 'site.yml'), work.playbook);
  writeFileSync(path.join(directory, 'script.sh'), work.script ?? '');
  writeFileSync(path.join(directory, 'ansible.cfg'), '[defaults]\n');
  writeFileSync(
    path.join(directory, 'ssh_config'),
    [
      'Host host',
      '  HostName 127.0.0.1',
      `  Port ${relays[0]?.port}`,
      `  User ${user}`,
      `  IdentityFile ${key}`,
      '  StrictHostKeyChecking no',
      '  UserKnownHostsFile /dev/null',
      '  LogLevel ERROR',
      '',
    ].join('\n'),
  );
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `h${index + 1}`);
}

function add(left: Traffic, right: Traffic): Traffic {
  return {
    sent: left.sent + right.sent,
    received: left.received + right.received,
    turns: left.turns + right.turns,
  };
}
