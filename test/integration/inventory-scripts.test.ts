/** Inventory scripts run as ansible-core runs them. */

import { describe, it } from 'vitest';
import { checkInventory, inventoryCases } from '../unit/project/check-inventory.ts';

describe('inventory scripts', () => {
  for (const name of inventoryCases().filter((one) => one.startsWith('script-'))) {
    it(name, () => checkInventory(name));
  }
});
