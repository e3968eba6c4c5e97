/** Entries cut out of YAML text. */

import { expect, test } from 'vitest';
import { cutYamlEntry } from '../../../shared/modules/yaml-entry.ts';

const TEXT = `---
# comment
a:
  # comment
  b:

    c: {d: 1}
    "quoted":
      e: 2

      f: |
        a:
          b: text
    g: 3
  h: {i: 4}
j:
- b: 5
`;

test.each([
  [['a', 'b', 'c'], ' {d: 1}'],
  [['a', 'b', 'quoted'], '\n      e: 2\n\n      f: |\n        a:\n          b: text'],
  [['a', 'b', 'g'], ' 3'],
  [['a', 'b', 'none'], undefined],
  [['none', 'b'], undefined],
  [['b'], undefined],
  [['a', 'h', 'i'], 'unclear'],
  [['j', 'b'], undefined],
])('%j', (keys, entry) => {
  expect(cutYamlEntry(TEXT, keys)).toBe(entry);
});
