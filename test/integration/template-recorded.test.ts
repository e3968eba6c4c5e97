/** What is recorded for templates, filters and lookups of AWS is what Ansible says today: the recorders write it again, elsewhere. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { whyNoOracle } from '../property/oracle.ts';

const TESTS = join(import.meta.dirname, '..');
const missing = whyNoOracle();
if (missing !== undefined) process.stdout.write(`template cases are not recorded again: ${missing}\n`);

const directory = mkdtempSync(join(tmpdir(), 'sortie-record-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.skipIf(missing !== undefined).each([
  { subject: 'templates', suffix: '.expected.json' },
  { subject: 'filters', suffix: '.json' },
  { subject: 'aws', suffix: '.json' },
])('$subject', ({ subject, suffix }) => {
  test('are recorded as Ansible answers', { timeout: 300_000 }, () => {
    cpSync(join(TESTS, 'record'), join(directory, 'record'), { recursive: true });
    cpSync(join(TESTS, 'cases', subject), join(directory, 'cases', subject), {
      recursive: true,
      verbatimSymlinks: true,
    });
    const recorder = join(directory, 'record', `${subject}.py`);
    const { status, stderr } = spawnSync('/usr/bin/python3', [recorder], { encoding: 'utf8' });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    for (const name of readdirSync(join(TESTS, 'cases', subject))) {
      if (!name.endsWith(suffix)) continue;
      const read = (root: string): unknown =>
        JSON.parse(readFileSync(join(root, 'cases', subject, name), 'utf8'));
      expect(read(directory), name).toEqual(read(TESTS));
    }
  });
});

test('there are at least 1500 recorded cases', () => {
  const count = (path: string): number => {
    const recorded: unknown = JSON.parse(readFileSync(join(TESTS, 'cases', path), 'utf8'));
    return Array.isArray(recorded) ? recorded.length : 0;
  };
  const names = ['templates', 'filters'].flatMap((subject) =>
    readdirSync(join(TESTS, 'cases', subject))
      .filter((name) => name.endsWith('.json'))
      .map((name) => `${subject}/${name}`),
  );
  const total = names.map(count).reduce((sum, cases) => sum + cases, 0);
  process.stdout.write(`${total} recorded cases of templates\n`);
  expect(total).toBeGreaterThanOrEqual(1500);
});
