/** Tag selection against what Ansible selects (recorded by test/record/tags.py). */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isSelected } from '../../../shared/plan/tags.ts';

const CASES: Record<string, string[]> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../cases/tags/selected.json'), 'utf8'),
);
const OWN = ['a', 'b', 'always', 'never', 'untagged'];

test('selects the tags that Ansible selects', () => {
  const all = [
    '',
    ...OWN,
    ...OWN.flatMap((tag, index) => OWN.slice(index + 1).map((other) => `${tag},${other}`)),
  ];
  const selected: Record<string, string[]> = {};
  for (const asked of Object.keys(CASES)) {
    const [, only = '', skip = ''] = /^--tags (.*) --skip-tags (.*)$/.exec(asked) ?? [];
    const selection = { only: words(only), skip: words(skip) };
    selected[asked] = all.filter((own) => isSelected(words(own), selection));
  }
  expect(selected).toEqual(CASES);
});

function words(text: string): string[] {
  return text === '' ? [] : text.split(',');
}
