/** examples/site.yml over a fleet, beside Ansible over an identical fleet: same output, same files, same second run. */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRecap } from '../../examples/recap.ts';
import { readTree } from '../fleet/file-tree.ts';
import { type Fleet, fleetKind, startFleet } from '../fleet/fleet.ts';
import { normalOutput } from '../fleet/normal-output.ts';
import { hasAnsible, type Ran, runAnsible, runSortie } from '../fleet/run-tool.ts';

const SITE = path.join(import.meta.dirname, '../../examples/site.yml');
/** Because Ansible goes through 40 tasks on three hosts up to twice in a test, on a machine that may be busy. */
const TEST_MS = 400_000;
const HOSTS = ['web1', 'web2', 'db1'];
const machine = fleetKind();
if (machine?.kind === 'user-level') {
  process.stdout.write(`site.test: hosts without a file system of their own: ${machine.reason}\n`);
}

type Pair = { readonly sortie: Ran; readonly ansible: Ran };

describe.runIf(machine !== undefined && hasAnsible)(
  'examples/site.yml beside Ansible',
  { timeout: TEST_MS },
  () => {
    let ours: Fleet;
    let theirs: Fleet;

    beforeAll(async () => {
      const kind = machine?.kind ?? 'user-level';
      ours = await startFleet(HOSTS, kind);
      theirs = await startFleet(HOSTS, kind);
      for (const host of [...ours.hosts, ...theirs.hosts]) {
        // What an earlier version of the playbook has left behind.
        mkdirSync(path.join(host.root, 'srv/guestbook/releases/1.1.0'), { recursive: true });
      }
    });
    afterAll(async () => {
      await Promise.all([ours?.stop(), theirs?.stop()]);
    });

    async function both(...words: readonly string[]): Promise<Pair> {
      const [sortie, ansible] = await Promise.all([
        runSortie(['-i', ours.inventory, SITE, ...words]),
        runAnsible(['-i', theirs.inventory, SITE, ...words]),
      ]);
      return { sortie, ansible };
    }

    /** User-level hosts have their paths in what they print. */
    const outputOf = (ran: Ran, fleet: Fleet): string[] =>
      normalOutput(ran.stdout.replaceAll(fleet.directory, 'FLEET'));

    function expectSameOutput({ sortie, ansible }: Pair): void {
      expect(sortie.stderr).toBe('');
      expect(outputOf(sortie, ours)).toEqual(outputOf(ansible, theirs));
      expect(sortie.exitCode).toBe(ansible.exitCode);
    }

    function expectSameTrees(): void {
      for (const [index, host] of ours.hosts.entries()) {
        expect(readTree(host.changes), host.name).toEqual(readTree(theirs.hosts[index]?.changes ?? ''));
      }
    }

    test('a first look without changes ends in the same failures', async () => {
      expectSameOutput(await both('--check', '--diff'));
      expectSameTrees();
    });

    test('the first run gives the same output and the same files', async () => {
      const ran = await both('--diff');
      expectSameOutput(ran);
      expect(ran.sortie.exitCode).toBe(0);
      const recap = parseRecap(ran.sortie.stdout);
      expect(recap.map((host) => host.host)).toEqual(['db1', 'web1', 'web2']);
      expect(recap.every((host) => host.changed > 10)).toBe(true);
      expect(Object.keys(readTree(ours.hosts[0]?.changes ?? '')).join('\n')).toContain('etc/guestbook');
      expectSameTrees();
    });

    test('the second run changes nothing', async () => {
      const before = ours.hosts.map((host) => readTree(host.changes));
      const ran = await both();
      expectSameOutput(ran);
      expect(parseRecap(ran.sortie.stdout).map((host) => host.changed)).toEqual([0, 0, 0]);
      expect(ours.hosts.map((host) => readTree(host.changes))).toEqual(before);
      expectSameTrees();
    });

    test('--check --diff tells what a changed variable would do, and then that happens', async () => {
      const words = ['--diff', '-e', 'guestbook_port=9090', '-e', '{"web_greeting": "Good day"}'];
      const before = ours.hosts.map((host) => readTree(host.changes));
      const predicted = await both('--check', ...words);
      expectSameOutput(predicted);
      expect(ours.hosts.map((host) => readTree(host.changes))).toEqual(before);
      const done = await both(...words);
      expectSameOutput(done);
      expectSameTrees();
      const diffs = (ran: Ran): string[] =>
        [...ran.stdout.matchAll(/^[-+].*$/gm)].map(([line]) => line).sort();
      expect(diffs(predicted.sortie)).toEqual(diffs(done.sortie));
      expect(diffs(done.sortie)).toContain('+port = 9090');
    });
  },
);
