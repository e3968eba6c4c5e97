/** Host patterns choose the hosts that ansible-core chooses, in its order and with its warnings. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../shared/project/config/load-config.ts';
import { diskFiles } from '../../../shared/project/disk-files.ts';
import {
  checkTargets,
  type HostOrder,
  matchHosts,
  parseLimit,
} from '../../../shared/project/host-pattern.ts';
import type { Inventory } from '../../../shared/project/inventory/inventory.ts';
import { loadInventory } from '../../../shared/project/inventory/load-inventory.ts';

type Case = {
  readonly pattern: string | readonly string[];
  readonly limit?: string;
  readonly order?: HostOrder;
  readonly inventory?: string;
  readonly hosts?: readonly string[];
  readonly error?: string;
  readonly warnings: readonly string[];
};

const directory = join(import.meta.dirname, '../../cases/patterns');
const cases = JSON.parse(readFileSync(join(directory, 'cases.json'), 'utf8')) as readonly Case[];
const files = diskFiles({ environment: {}, homeDirectory: '/nonexistent', workingDirectory: directory });
const config = loadConfig(files).value;
const inventories = new Map<string, Inventory>();

function inventoryOf(name: string): Inventory {
  const known = inventories.get(name) ?? loadInventory([name], { files, config, secrets: [] }).value;
  inventories.set(name, known);
  return known;
}

describe('host patterns', () => {
  for (const one of cases) {
    it(JSON.stringify([one.pattern, one.limit, one.order, one.inventory]), () => {
      const limit = one.limit === undefined ? undefined : parseLimit(one.limit, files);
      const inventory = inventoryOf(one.inventory ?? 'hosts');
      const matched = matchHosts(one.pattern, inventory, { limit: limit?.value, order: one.order });
      const noticed = [...(limit?.diagnostics ?? []), ...matched.diagnostics];
      const errors = noticed.filter(({ severity }) => severity === 'error');
      expect(errors[0]?.message).toEqual(one.error?.replace(/b'(.*)'$/, '$1'));
      if (one.error !== undefined) return;
      expect(matched.value).toEqual(one.hosts);
      expect(noticed.map(({ message }) => message)).toEqual(one.warnings);
    });
  }

  it('shuffles with the randomness it is given', () => {
    let next = 255;
    const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(next--);
    const { value } = matchHosts('lb', inventoryOf('hosts'), { order: 'shuffle', randomBytes });
    expect(value).toEqual(['lb3', 'lb2', 'lb1']);
  });

  it('says when no host is left', () => {
    const texts = (name: string, limit: readonly string[]): readonly string[] =>
      checkTargets(inventoryOf(name), limit).map(({ severity, message }) => `${severity}: ${message}`);
    expect(texts('hosts', ['empty'])).toEqual([
      'error: Specified inventory, host pattern and/or --limit leaves us with no hosts to target.',
    ]);
    expect(texts('none', [])).toEqual([
      "warning: provided hosts list is empty, only localhost is available. Note that the implicit localhost does not match 'all'",
    ]);
  });
});
