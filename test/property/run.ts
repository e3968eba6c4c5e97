/** Compares random cases from the command line: node test/property/run.ts [SEED [COUNT [MOST]]]. */

import { compareCases } from './compare.ts';
import { startOracle } from './oracle.ts';

const [seed = 1, count = 2000, most = 20] = process.argv.slice(2).map(Number);
const oracle = startOracle();
const started = performance.now();
const { compared, skipped, differences } = await compareCases(oracle, { seed, first: 0, count }, most);
oracle.close();
for (const { index, text, ours, python } of differences) {
  const setting =
    text.setting.kind +
    (text.setting.native ? ' native' : '') +
    (text.setting.options ? JSON.stringify(text.setting.options) : '');
  process.stdout.write(
    `--- ${index} (${setting}) ${JSON.stringify(text.template)}\n    over ${text.variables}\n`,
  );
  process.stdout.write(
    `  ours   ${JSON.stringify(ours.value ?? ours.error)?.slice(0, 500)}\n  python ${JSON.stringify(python.value ?? python.error)?.slice(0, 500)}\n`,
  );
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(
  `${compared} compared, ${skipped} skipped, ${differences.length} differ, ${seconds} s\n`,
);
