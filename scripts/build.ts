/** Builds dist/: the bundled command line, the agent beside it, and the functions that are deployed. */

import { chmodSync, globSync, rmSync } from 'node:fs';
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

for (const file of globSync('dist/*.mjs*')) rmSync(file);
await build({
  entryPoints: { sortie: 'cli/main.ts' },
  outdir: 'dist',
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
chmodSync('dist/sortie.mjs', 0o755);
await import('./build-agent.ts');
await import('./build-functions.ts');
