/** Random templates over random values, rendered by this engine and by real Jinja2 with Ansible's filters. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeCase } from '../property/cases.ts';
import { compareCases, type Difference } from '../property/compare.ts';
import { countFeatures } from '../property/coverage.ts';
import { RULES } from '../property/documented.ts';
import { startOracle, whyNoOracle } from '../property/oracle.ts';

const CASES = Number(process.env.SORTIE_PROPERTY_CASES ?? 20_000);
const SEED = Number(process.env.SORTIE_PROPERTY_SEED ?? 2026);
/** As many processors as a CI machine has. */
const ORACLES = 2;
/** Far above the 60 s that it takes alone: the machine may be busy. */
const DEADLINE_MS = 600_000;
/** How many of 20,000 templates hold each feature, at least: so that a fault that shows once in ten uses is found. */
const USES_MIN = 50;

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
    expect(skipped).toBeLessThan(compared / 40);
  },
);

test('random templates hold each feature of the language, each filter, test, method and lookup', {
  timeout: DEADLINE_MS,
}, () => {
  const counts = countFeatures(Array.from({ length: 20_000 }, (_, index) => makeCase(2026, index)));
  expect(counts.size).toBeGreaterThan(350);
  expect([...counts].filter(([, count]) => count < USES_MIN)).toEqual([]);
});

test('each difference that is allowed has its paragraph in the documentation', () => {
  const path = join(import.meta.dirname, '..', '..', 'docs', 'compatibility.md');
  const [, section = ''] = readFileSync(path, 'utf8').split('## In templates');
  const named = [...section.matchAll(/^- \*\*(.+?)[.*]/gm)].map(([, name = '']) => name);
  for (const { paragraph } of RULES) expect(named).toContain(paragraph);
});

function shown({ index, text, ours, python }: Difference): unknown {
  return { seed: SEED, index, ...text.setting, ...text, ours, python };
}
