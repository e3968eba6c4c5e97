/** Makes of the command line a few files with everything in them. */

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { withNodesSha512, withoutNativeAddons, withoutUnusedSsh } from './esbuild-plugins.ts';

/** What CommonJS packages expect to find in an ES module. */
const COMMONJS_SHIM = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  "import { dirname as __pathDirname } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  'const __dirname = __pathDirname(__filename);',
].join('\n');

/** Writes `sortie.mjs` and what it loads when needed; returns its path. The agent is looked for in `agent` beside it. */
export async function buildCli(target: string): Promise<string> {
  await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: { sortie: 'cli/main.ts' },
    outdir: target,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minifySyntax: true,
    sourcemap: 'linked',
    banner: { js: COMMONJS_SHIM },
    plugins: [withNodesSha512, withoutNativeAddons, withoutUnusedSsh],
    logLevel: 'warning',
  });
  const main = join(target, 'sortie.mjs');
  chmodSync(main, 0o755);
  return main;
}
