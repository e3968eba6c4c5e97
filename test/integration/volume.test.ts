/** Many tasks stay in order, and large files and outputs go through whole, in bounded memory. */

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRecap } from '../../examples/recap.ts';
import { type Fleet, fleetKind, startFleet } from '../fleet/fleet.ts';
import { runSortie } from '../fleet/run-tool.ts';

const TASKS = 200;
const MIB = 1024 * 1024;
const machine = fleetKind();

describe.runIf(machine !== undefined)('volume', () => {
  let fleet: Fleet;
  let place = '';
  let home = '';

  beforeAll(async () => {
    fleet = await startFleet(['a1'], machine?.kind ?? 'user-level');
    place = mkdtempSync(path.join(tmpdir(), 'sortie-volume-'));
    home = machine?.kind === 'pods' ? path.join(fleet.hosts[0]?.root ?? '', 'home/deploy') : place;
  });
  afterAll(async () => {
    await fleet?.stop();
    rmSync(place, { recursive: true, force: true });
  });

  /** Runs a playbook whose tasks work in `{{ here }}`. */
  function play(tasks: readonly string[], ...words: readonly string[]): ReturnType<typeof runSortie> {
    const file = path.join(place, 'site.yml');
    const here = machine?.kind === 'pods' ? '/home/deploy' : place;
    writeFileSync(file, `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('')}`);
    return runSortie(['-i', fleet.inventory, '-e', `here=${here}`, file, ...words]);
  }

  const append = (number: number): string =>
    `    - name: Task ${number}\n      command: sh -c 'echo ${number} >> {{ here }}/order'\n`;
  const upTo = (count: number): string => Array.from({ length: count }, (_, index) => `${index}\n`).join('');

  test('200 commands run in the order of the playbook', async () => {
    const { exitCode, stdout } = await play(Array.from({ length: TASKS }, (_, index) => append(index)));
    expect(exitCode).toBe(0);
    expect(readFileSync(path.join(home, 'order'), 'utf8')).toBe(upTo(TASKS));
    const banners = [...stdout.matchAll(/^TASK \[Task (\d+)\]/gm)].map(([, number]) => Number(number));
    expect(banners).toEqual(Array.from({ length: TASKS }, (_, index) => index));
    expect(parseRecap(stdout)[0]).toMatchObject({ ok: TASKS, changed: TASKS });
  });

  test('when one of 200 commands fails, nothing behind it runs', async () => {
    rmSync(path.join(home, 'order'), { force: true });
    const failing = 90;
    const tasks = Array.from({ length: TASKS }, (_, index) =>
      index === failing ? `    - name: Task ${index}\n      command: /bin/false\n` : append(index),
    );
    const { exitCode, stdout } = await play(tasks);
    expect(exitCode).toBe(2);
    expect(readFileSync(path.join(home, 'order'), 'utf8')).toBe(upTo(failing));
    expect(parseRecap(stdout)[0]).toMatchObject({ ok: failing, failed: 1 });
    expect(stdout).not.toContain(`Task ${failing + 1}]`);
  });

  test('a file of 200 MB is copied in memory that does not hold it', async () => {
    const source = path.join(place, 'large');
    writeFileSync(source, Buffer.alloc(200 * MIB, 'sixteen bytes..\n'));
    const small = await play(['    - ping:\n']);
    const { exitCode, residentBytesMax } = await play([
      `    - copy: { src: ${source}, dest: "{{ here }}/large-copy", mode: "0600" }\n`,
    ]);
    expect(exitCode).toBe(0);
    expect(digest(path.join(home, 'large-copy'))).toBe(digest(source));
    expect(residentBytesMax - small.residentBytesMax).toBeLessThan(128 * MIB);
    rmSync(path.join(home, 'large-copy'));
  });

  test('20 MB of output arrive whole, and are printed whole', async () => {
    const lines = 20 * 16_384;
    const tasks = [
      `    - name: Print\n      shell: yes 0123456789012345678901234567890123456789012345678901234567890 | head -n ${lines}\n      register: printed\n`,
      '    - name: Measure\n      debug: { msg: "{{ printed.stdout | length }} {{ printed.stdout_lines | length }}" }\n',
    ];
    const { exitCode, stdout, residentBytesMax } = await play(tasks);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`"msg": "${lines * 62 - 1} ${lines}"`);
    expect(residentBytesMax).toBeLessThan(1200 * MIB);
  });
});

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
