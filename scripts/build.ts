/** Builds dist/: the bundled command line, the agent beside it, and the functions that are deployed. */

import { globSync, rmSync } from 'node:fs';
import { buildCli } from './cli-bundle.ts';

for (const file of globSync('dist/*.mjs*')) rmSync(file);
await buildCli('dist');
await import('./build-agent.ts');
await import('./build-functions.ts');
