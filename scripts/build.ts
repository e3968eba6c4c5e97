/** Builds dist/: the bundled command line and the agent beside it. */

import { chmodSync, globSync, rmSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';

/** Native add-ons of ssh2 bring no speed and cannot be bundled: requiring one fails, and ssh2 goes on without. */
const withoutNativeAddons: Plugin = {
  name: 'without-native-addons',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /(\.node$|^cpu-features$)/ }, ({ path }) => ({ path, namespace: 'native-addon' }));
    onLoad({ filter: /.*/, namespace: 'native-addon' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not bundled`)});`,
    }));
  },
};

/**
 * Parts of ssh2 that its index loads and nothing here asks for: agents for `http` and the server. Left out, the first
 * connection of a run does not wait for Node's HTTP and TLS to load.
 */
const withoutUnusedSsh: Plugin = {
  name: 'without-unused-ssh',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]ssh2[\\/]lib[\\/](http-agents|server)\.js$/ }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

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
  plugins: [withoutNativeAddons, withoutUnusedSsh],
  logLevel: 'warning',
});
chmodSync('dist/sortie.mjs', 0o755);
await import('./build-agent.ts');
