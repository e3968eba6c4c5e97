/** A few faults of each kind in runs on the local cloud; `test/cloud/run-chaos.ts` makes as many as are wanted. */

import { describe, expect, test } from 'vitest';
import { runChaos } from '../cloud/chaos.ts';
import { FAULT_KINDS, LEAVES_UNKNOWN } from '../cloud/faults.ts';
import { fleetKind } from '../fleet/fleet.ts';

/** Because one run may need a minute on a busy machine. */
const TEST_MS = 300_000;
const machine = fleetKind();
if (machine?.kind !== 'pods')
  process.stdout.write('cloud-chaos.test: skipped, hosts of their own need root\n');

describe.runIf(machine?.kind === 'pods')('a run in the cloud', { timeout: TEST_MS }, () => {
  test.each(FAULT_KINDS)('ends as it should, with nothing run twice: %s', async (kind) => {
    const report = await runChaos(kind, 3);
    expect(report.problems).toEqual([]);
    expect(report.faults).toBeGreaterThanOrEqual(3);
    if (!LEAVES_UNKNOWN.has(kind)) expect(report.unknown).toBe(0);
  });
});
