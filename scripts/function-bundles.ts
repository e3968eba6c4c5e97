/** Makes of each function one CommonJS file with everything in it, and the zip that is deployed. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, formatMessagesSync, type Message } from 'esbuild';
import { limits } from '../shared/base/limits.ts';
import {
  withAgentInside,
  withCredentialsFromEnvironment,
  withNamedExportsOnly,
  withNodesSha512,
  withOneBlowfish,
  withoutNativeAddons,
  withoutUnreached,
  withoutUnusedSsh,
  withSmallPoly1305,
  withVersionsOnly,
  withYamlAsModules,
} from './esbuild-plugins.ts';
import { zip } from './zip.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

export type FunctionPackage = {
  readonly name: string;
  readonly bundleBytes: number;
  readonly zipBytes: number;
  /** Every source file that is in the bundle, relative to the repository. */
  readonly inputs: readonly string[];
};

export type FunctionEntries = Readonly<Record<string, string>>;

/** The functions that are deployed, by name, and where each begins. */
export const FUNCTION_ENTRIES: FunctionEntries = {
  controller: 'functions/controller/handler.ts',
  host: 'functions/host/handler.ts',
};

/**
 * Writes `<name>.cjs` and `<name>.zip` for each entry, and `limits.json` for `serverless.yml`: the numbers that the
 * bundles were built with. The agent must have been built before.
 */
export async function buildFunctions(
  target: string,
  entries: FunctionEntries = FUNCTION_ENTRIES,
): Promise<readonly FunctionPackage[]> {
  mkdirSync(target, { recursive: true });
  const packages: FunctionPackage[] = [];
  for (const [name, entry] of Object.entries(entries))
    packages.push(await buildFunction(target, name, entry));
  replaceFile(join(target, 'limits.json'), Buffer.from(`${JSON.stringify(limits, undefined, 2)}\n`));
  return packages;
}

async function buildFunction(target: string, name: string, entry: string): Promise<FunctionPackage> {
  const { outputFiles, metafile, warnings } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(target, `${name}.cjs`),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    metafile: true,
    write: false,
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    plugins: [
      withoutNativeAddons,
      withoutUnusedSsh,
      withoutUnreached,
      withVersionsOnly,
      withNamedExportsOnly,
      withNodesSha512,
      withOneBlowfish,
      withSmallPoly1305,
      withYamlAsModules,
      withCredentialsFromEnvironment,
      withAgentInside(join(root, 'dist/agent')),
    ],
    logLevel: 'error',
  });
  refuse(warnings);
  for (const { path, contents } of outputFiles) replaceFile(path, contents);
  const bundle = readFileSync(join(target, `${name}.cjs`));
  const packed = zip({ [`${name}.cjs`]: bundle });
  replaceFile(join(target, `${name}.zip`), packed);
  return {
    name,
    bundleBytes: bundle.length,
    zipBytes: packed.length,
    inputs: Object.keys(metafile.inputs).sort(),
  };
}

/**
 * What esbuild warns of in our own files is a mistake. Above all `import.meta.url`, which CommonJS has not: a file beside
 * the source would not be found, and only in the cloud. Packages that ask for it are prepared to find nothing.
 */
function refuse(warnings: readonly Message[]): void {
  const ours = warnings.filter(({ location }) => location?.file.includes('node_modules') !== true);
  if (ours.length > 0) throw new Error(formatMessagesSync([...ours], { kind: 'warning' }).join('\n'));
}

/** Whole or not at all: tests that run at the same time read these files. */
function replaceFile(path: string, data: Uint8Array): void {
  writeFileSync(`${path}.${process.pid}`, data);
  renameSync(`${path}.${process.pid}`, path);
}
