/** Inventories read as ansible-core reads them; those of scripts are in the integration tests. */

import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../shared/project/config/load-config.ts';
import { loadInventory } from '../../../shared/project/inventory/load-inventory.ts';
import { checkInventory, inventoryCases } from './check-inventory.ts';
import { memoryFiles } from './memory-files.ts';

describe('inventories', () => {
  for (const name of inventoryCases().filter((one) => !one.startsWith('script-'))) {
    it(name, () => checkInventory(name));
  }

  it('point at the line of a mistake', () => {
    const text = 'ok\n[web]\nw1 x=1\nw2 oops\n';
    const files = memoryFiles({ texts: { '/project/hosts': text } });
    const { diagnostics } = loadInventory(['hosts'], { files, config: loadConfig(files).value, secrets: [] });
    const mistake = diagnostics.find(({ message }) => message.includes('with ini plugin'));
    expect(mistake?.position).toEqual({ file: '/project/hosts', line: 4, column: 1 });
  });

  it('of plugins that are not built in name the way out', () => {
    const texts = { '/project/cloud.yml': 'plugin: amazon.aws.aws_ec2\n' };
    const files = memoryFiles({ texts });
    const { diagnostics } = loadInventory(['cloud.yml'], {
      files,
      config: loadConfig(files).value,
      secrets: [],
    });
    expect(diagnostics.find(({ hint }) => hint !== undefined)?.hint).toContain('inventory script');
  });

  it('say when a pattern of names to ignore is none', () => {
    const environment = { ANSIBLE_INVENTORY_IGNORE_REGEX: '(' };
    const files = memoryFiles({ texts: { '/project/hosts': 'h\n' }, environment });
    const { diagnostics } = loadInventory(['hosts'], { files, config: loadConfig(files).value, secrets: [] });
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['error config-value']);
  });
});
