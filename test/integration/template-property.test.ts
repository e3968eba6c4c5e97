/** Random templates over random values, rendered by this engine and by real Jinja2 with Ansible's filters. */

import { expect, test } from 'vitest';
import { compareCases, type Difference } from '../property/compare.ts';
import { startOracle, whyNoOracle } from '../property/oracle.ts';

const CASES = Number(process.env.SORTIE_PROPERTY_CASES ?? 20_000);
const SEED = Number(process.env.SORTIE_PROPERTY_SEED ?? 2026);
/** As many processors as a CI machine has. */
const ORACLES = 2;
/** Far above the 60 s that it takes alone: the machine may be busy. */
const DEADLINE_MS = 600_000;

const missing = whyNoOracle();
if (missing !== undefined) process.stdout.write(`random templates are not compared: ${missing}\n`);

test.skipIf(missing !== undefined)(
  `${CASES} random templates of seed ${SEED} give what Ansible gives`,
  { timeout: DEADLINE_MS },
  async () => {
    const share = Math.ceil(CASES / ORACLES);
    const parts = await Promise.all(
      Array.from({ length: ORACLES }, async (_, part) => {
        const oracle = startOracle();
        try {
          return await compareCases(oracle, { seed: SEED, first: part * share, count: share }, 5);
        } finally {
          oracle.close();
        }
      }),
    );
    const found = parts.flatMap(({ differences }) => differences);
    expect(found.map(shown)).toEqual([]);
    const skipped = parts.reduce((sum, part) => sum + part.skipped, 0);
    const compared = parts.reduce((sum, part) => sum + part.compared, 0);
    process.stdout.write(
      `${compared} random templates of seed ${SEED} are alike, ${skipped} differ as documented\n`,
    );
    // A comparison that leaves out more than a few would prove little.
    expect(skipped).toBeLessThan(compared / 10);
  },
);

function shown({ index, text, ours, python }: Difference): unknown {
  return {
    seed: SEED,
    index,
    ...text.setting,
    template: text.template,
    variables: text.variables,
    ours,
    python,
  };
}
