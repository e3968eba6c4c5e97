/** Builds dist/functions: what `serverless.yml` deploys. Run after `scripts/build-agent.ts`. */

import { fileURLToPath } from 'node:url';
import { limits } from '../shared/base/limits.ts';
import { buildFunctions } from './function-bundles.ts';

const packages = await buildFunctions(fileURLToPath(new URL('../dist/functions', import.meta.url)));
const lines = packages.map(
  ({ name, bundleBytes, zipBytes }) =>
    `${name.padEnd(24)}${String(bundleBytes).padStart(8)}${String(zipBytes).padStart(8)}  of ${limits.functionPackageBytesMax}`,
);
process.stdout.write(`${'function'.padEnd(24)}  bundle  zipped\n${lines.join('\n')}\n`);
if (packages.some(({ zipBytes }) => zipBytes > limits.functionPackageBytesMax)) {
  process.stderr.write('A function is above its budget: leave something out or load less.\n');
  process.exitCode = 1;
}
