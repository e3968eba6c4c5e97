/** Conditions are templates already: delimiters in those of an assert task are warned of, as in `when`. */

import { expect, test } from 'vitest';
import { fakeHost, result } from './fake-host.ts';

test('assert warns of delimiters in its conditions', async () => {
  const yaml = `- hosts: all\n  tasks:\n    - assert: {that: ['"{{ 1 }}" == "1"', 'true']}\n    - assert: {that: '{{ true }}'}\n`;
  const host = fakeHost(yaml, () => result());
  await host.run.run('ahead');
  const told = host.events.flatMap(({ event }) => (event.kind === 'message' ? [event.text] : []));
  expect(told).toEqual([expect.stringContaining('Found: "{{ 1 }}" == "1"')]);
});
