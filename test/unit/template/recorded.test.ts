/** Templates must give what real Jinja2 and real Ansible gave when test/record/templates.py ran. */

import { describe, expect, test } from 'vitest';
import { answer, caseOf, readRecordedFiles, textOf, titleOf } from './recorded-cases.ts';

for (const { file, suite, answers } of readRecordedFiles()) {
  describe(file, () => {
    suite.cases.map(caseOf).forEach((one, index) => {
      test(`${index}: ${titleOf(one.template)}`, () => {
        expect(textOf(answer(one, suite))).toBe(textOf(answers[index] ?? {}));
      });
    });
  });
}
