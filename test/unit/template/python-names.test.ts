/** Every method and attribute of Python's classes is there, but for the few that docs/compatibility.md leaves out. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderFile } from '../../../shared/template/render.ts';
import { makeEnvironment } from './recorded-cases.ts';

const recorded: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(new URL('../../cases/python-names/recorded.json', import.meta.url), 'utf8'),
);

/** What docs/compatibility.md says is not there. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...['items', 'keys', 'values'].map((view) => `{'a': 1}.${view}() mapping`),
  ...['now', 'today', 'utcnow'].map((name) => `moment ${name}`),
  'moment.date() today',
  'moment - moment max',
  ...['n_fields', 'n_sequence_fields', 'n_unnamed_fields', 'tm_gmtoff', 'tm_zone'].map(
    (name) => `moment.timetuple() ${name}`,
  ),
  ...['fromutc', 'max', 'min', 'utc'].map((name) => `zoned.tzinfo ${name}`),
]);

const HEAD = `{% set moment = '2024-02-29 00:00:00' | to_datetime %}
{% set zoned = '2024-02-29 00:00:00+0000' | to_datetime('%Y-%m-%d %H:%M:%S%z') %}
{% macro m(a) %}{% endmacro %}
`;

function isThere(expression: string, name: string): boolean {
  const check = `{{ (${expression}).${name} is defined }}`;
  const second = `{% for i in [1, 2, 3] if true %}{% if loop.index == 2 %}${check}{% endif %}{% endfor %}`;
  const source = HEAD + (expression === 'loop' ? second : check);
  const file = { name: 'names.j2', options: {} };
  return renderFile(source, file, makeEnvironment({}, {}, false)).trim() === 'True';
}

describe('names of Python', () => {
  for (const [expression, names] of Object.entries(recorded)) {
    test(expression, () => {
      const missing = names.filter((name) => !isThere(expression, name));
      const leftOut = names.filter((name) => LEFT_OUT.has(`${expression} ${name}`));
      expect(missing).toEqual(leftOut);
    });
  }
});
