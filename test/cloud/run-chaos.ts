/**
 * Disturbs runs for longer than a test suite can: `node test/cloud/run-chaos.ts [--faults NUMBER] [KIND ...]`, as root, after
 * `npm run build`. 200 faults of each kind unless told otherwise. Ends with exit code 1 when anything did not hold.
 */

import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';
import { FAULT_KINDS } from './faults.ts';

const { values, positionals } = parseArgs({
  options: { faults: { type: 'string', default: '200' } },
  allowPositionals: true,
});
const kinds = FAULT_KINDS.filter((kind) => positionals.length === 0 || positionals.includes(kind));
process.stdout.write(`${'what went wrong'.padEnd(24)} faults  runs  outcomes unknown  problems\n`);
for (const kind of kinds) {
  const { faults, problems, runs, unknown } = await runChaos(kind, Number(values.faults));
  const counts = [String(faults).padStart(6), String(runs).padStart(5), String(unknown).padStart(17)];
  process.stdout.write(`${kind.padEnd(24)} ${counts.join(' ')} ${String(problems.length).padStart(9)}\n`);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
