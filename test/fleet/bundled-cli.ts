/** The command line as it is shipped, of the sources as they are: a process of it starts three times as fast as one of the sources. */

import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildCli } from '../../scripts/cli-bundle.ts';

const agent = path.join(import.meta.dirname, '../../dist/agent');

export type BundledCli = { readonly main: string; readonly remove: () => void };

export async function bundleCli(): Promise<BundledCli> {
  const directory = mkdtempSync(path.join(tmpdir(), 'sortie-cli-'));
  symlinkSync(agent, path.join(directory, 'agent'));
  return { main: await buildCli(directory), remove: () => rmSync(directory, { recursive: true }) };
}
