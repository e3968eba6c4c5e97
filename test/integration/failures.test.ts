/** What a user reads when something goes wrong on one host: the other hosts go on, and the exit code is Ansible's. */

import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseRecap } from '../../examples/recap.ts';
import { type Fleet, fleetKind, startFleet } from '../fleet/fleet.ts';
import { hasAnsible, runAnsible, runSortie } from '../fleet/run-tool.ts';
import { makeKey } from './sshd.ts';

const CASES = path.join(import.meta.dirname, '../cases/failures');
const names = globSync('*.yml', { cwd: CASES }).map((file) => file.replace('.yml', ''));
const HOSTS = ['a1', 'a2', 'b1', 'bare1', 'doomed1'];
const USUAL_LIMIT = 'a1,a2,b1';
const machine = fleetKind();
if (machine?.kind !== 'pods') {
  process.stdout.write(`failures.test is skipped: ${machine?.reason ?? 'there is no sshd'}\n`);
}

type Case = { readonly playbook: string; readonly a1: string; readonly limit: string };

function parseCase(text: string): Case {
  const { playbook, a1 = '', limit = USUAL_LIMIT } = parse(text) as Partial<Case>;
  return { playbook: playbook ?? '', a1, limit };
}

describe.runIf(machine?.kind === 'pods')('failures', () => {
  let fleet: Fleet;
  let place = '';

  beforeAll(async () => {
    fleet = await startFleet(HOSTS, 'pods');
    const bare = fleet.hosts.find((host) => host.name === 'bare1');
    for (const python of globSync(`${bare?.root}/usr/{,local/}bin/python*`)) rmSync(python);
    const otherKey = path.join(fleet.directory, 'other_key');
    makeKey(otherKey, 'ed25519');
    const [type, blob] = readFileSync(`${otherKey}.pub`, 'utf8').split(' ');
    const known = readFileSync(fleet.knownHostsFile, 'utf8');
    writeFileSync(
      `${fleet.directory}/other_known_hosts`,
      known.replaceAll(/ssh-ed25519 .*/g, `${type} ${blob}`),
    );
    writeFileSync(`${fleet.directory}/no_known_hosts`, '');
    place = mkdtempSync(path.join(tmpdir(), 'sortie-failures-'));
  });
  afterAll(async () => {
    await fleet?.stop();
    rmSync(place, { recursive: true, force: true });
  });

  /** Writes the case's files and says how to run them. */
  function prepare(name: string, { playbook, a1, limit }: Case): readonly string[] {
    const own = a1.replaceAll('FLEET', fleet.directory).replaceAll('PASSWORD', fleet.opsPassword);
    const inventory = readFileSync(fleet.inventory, 'utf8')
      .replace(/^a1 .*$/m, (line) => `${line} ${own}`)
      .replace(/^ansible_python_interpreter=.*$/m, '');
    const file = path.join(place, `${name}.ini`);
    writeFileSync(file, inventory);
    writeFileSync(path.join(place, `${name}.yml`), playbook);
    return ['-i', file, '-l', limit, path.join(place, `${name}.yml`)];
  }

  /** What differs from one run of the tests to the next. */
  function steady(text: string): string {
    return text
      .replaceAll(place, 'CASE')
      .replaceAll(fleet.directory, 'FLEET')
      .replaceAll(/\/tmp\/sortie-run-\w+/g, 'HOME')
      .replaceAll(new RegExp(`\\b(${fleet.hosts.map((host) => host.port).join('|')})\\b`, 'g'), 'PORT')
      .replaceAll(/SHA256:[\w+/]+/g, 'SHA256:HASH')
      .replaceAll(/"(delta|start|end)": "[^"]*"/g, '"$1": "TIME"');
  }

  test.each(names)('%s', async (name) => {
    const words = prepare(name, parseCase(readFileSync(path.join(CASES, `${name}.yml`), 'utf8')));
    const ours = await runSortie(words);
    const read = `exit code ${ours.exitCode}\n${ours.stdout}${ours.stderr}`;
    await expect(steady(read)).toMatchFileSnapshot(path.join(CASES, `${name}.txt`));
    if (!hasAnsible) return;
    const theirs = await runAnsible(words, { environment: { ANSIBLE_SSH_ARGS: '-o ControlMaster=no' } });
    expect(ours.exitCode).toBe(theirs.exitCode);
    expect(parseRecap(ours.stdout)).toEqual(parseRecap(theirs.stdout));
  });

  test('a host that dies in mid-task is unreachable, and it is said that the outcome is unknown', async () => {
    const doomed = fleet.hosts.find((host) => host.name === 'doomed1');
    const words = prepare('killed', {
      playbook: readFileSync(path.join(CASES, 'killed/site.yml'), 'utf8'),
      a1: '',
      limit: 'doomed1,b1',
    });
    const running = runSortie(words);
    await until(() => globSync(`${doomed?.root}/home/deploy/started`).length > 0);
    await doomed?.stop();
    const { exitCode, stdout, stderr } = await running;
    await expect(steady(`exit code ${exitCode}\n${stdout}${stderr}`)).toMatchFileSnapshot(
      path.join(CASES, 'killed/site.txt'),
    );
    expect(exitCode).toBe(4);
  });
});

async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await new Promise((resolve) => setTimeout(resolve, 20));
}
