import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { limits } from '../../../shared/base/limits.ts';

/** Without the blanks that align its tables. */
const page = readFileSync('docs/cloud/cost.md', 'utf8').replaceAll(/ +\|/g, ' |');

/** The value of a row of a table of the page: `| name | value | …`. */
function input(name: string): number {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
  const value = Number(row?.split('|')[2]?.replaceAll(',', '').trim());
  if (Number.isNaN(value)) throw new Error(`docs/cloud/cost.md has no number for ${name}`);
  return value;
}

/** The formulas of the page, for a run of one stage. */
function costOf(hosts: number, tasks: number): readonly number[] {
  const controllerInvocations = 2 + hosts * input('replays');
  const invocations = hosts * input('rounds') + controllerInvocations;
  const gbSeconds =
    hosts * input('hostSeconds') * (limits.hostFunctionMemoryMb / 1024) +
    controllerInvocations * input('controllerSeconds') * (limits.controllerFunctionMemoryMb / 1024);
  const shards = Math.ceil(hosts / limits.hostsPerShard);
  const operations = 3 + hosts * 2 * input('rounds') + (shards > 1 ? 3 * shards : 0);
  const checkpointGb = (hosts * input('checkpointKb')) / 1e6;
  const writes = hosts * (tasks * input('taskKb') + input('entries'));
  const objects = hosts * input('objects') + Math.min(hosts, input('environments')) * input('files');
  const storedGb = (hosts * tasks * input('taskKb')) / 1e6;
  return [
    (invocations * input('request')) / 1e6 + gbSeconds * input('gbSecond'),
    (operations * input('operation')) / 1e6 +
      checkpointGb * (input('written') + (input('retained') * limits.durableHistoryDays) / 30),
    (writes * input('write')) / 1e6 + (objects * input('get')) / 1e6,
    (storedGb * (input('storage') + input('recovery')) * limits.runHistoryDays) / 30,
  ];
}

test.each([1, 100, 10_000])('docs/cloud/cost.md says what a run over %d hosts costs', (hosts) => {
  const parts = costOf(hosts, 100);
  const sum = parts.reduce((left, right) => left + right);
  const cells = [...parts, sum].map((dollars) => (dollars < 0.1 ? dollars.toFixed(5) : dollars.toFixed(2)));
  expect(page).toContain(`| ${hosts.toLocaleString('en')} | ${cells.join(' | ')} |`);
});

test('docs/cloud/cost.md names the memory, the retention and the history that are deployed', () => {
  expect(page).toContain(`${limits.hostFunctionMemoryMb} MB`);
  expect(page).toContain(`${limits.runHistoryDays} days`);
  expect(page).toContain(`${limits.durableHistoryDays} days`);
});
