/** `sortie inventory` prints what ansible-inventory printed. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inventory } from '../../../cli/inventory.ts';

const cases = new URL('../../cases/', import.meta.url);

type Recorded = { readonly arguments: readonly string[]; readonly code: number; readonly out: string };
type Case = {
  readonly sources: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

async function run(name: string, args: readonly string[]): Promise<Recorded> {
  const directory = new URL(`inventory/${name}`, cases).pathname;
  const given: Case = JSON.parse(readFileSync(`${directory}/case.json`, 'utf8'));
  let out = '';
  const code = await inventory([...given.sources.flatMap((source) => ['-i', source]), ...args], {
    out: (text) => {
      out += text;
    },
    err: () => undefined,
    columns: 80,
    isTerminal: false,
    environment: { HOME: '/home/case', ...given.env },
    homeDirectory: '/home/case',
    workingDirectory: directory,
  });
  return { arguments: args, code, out: code === 0 ? out.replaceAll(directory, '{{DIR}}') : '' };
}

for (const file of readdirSync(new URL('inventory-listing/', cases))) {
  describe(file, () => {
    const recorded: readonly Recorded[] = JSON.parse(
      readFileSync(new URL(`inventory-listing/${file}`, cases), 'utf8'),
    );
    for (const expected of recorded) {
      test(expected.arguments.join(' '), async () => {
        expect(await run(file.replace('.json', ''), expected.arguments)).toEqual(expected);
      });
    }
  });
}
