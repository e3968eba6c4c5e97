/** What with_… makes of terms that are no list. Expectations were seen with ansible-playbook. */

import { expect, test } from 'vitest';
import { fakeHost, result } from './fake-host.ts';

async function commandsOf(loop: string): Promise<readonly string[]> {
  const yaml = `- hosts: all\n  gather_facts: false\n  tasks:\n    - command: "{{ item }}"\n      ${loop}\n`;
  const host = fakeHost(yaml, () => result());
  const { events } = host;
  await host.run.run('ahead');
  const messages = events.flatMap(({ event }) => {
    const message = event.kind === 'task-finished' ? event.outcome.result.get('msg') : undefined;
    return typeof message === 'string' && message !== 'All items completed' ? [message] : [];
  });
  return [...host.sent, ...messages];
}

test('a dict gives its keys, or is refused', async () => {
  expect(await commandsOf('with_items: {a: 1, b: 2}')).toEqual(['a', 'b']);
  expect(await commandsOf('with_list: {a: 1}')).toEqual(['with_list expects a list']);
  expect(await commandsOf('with_indexed_items: {a: 1}')).toEqual(['with_indexed_items expects a list']);
});

test('a text stands for itself', async () => {
  expect(await commandsOf('with_list: abc')).toEqual(['abc']);
});

test('each item of a paced loop is rendered when its turn comes', async () => {
  const yaml =
    '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: "{{ 1000000000 | random }}"\n' +
    '      loop: [1, 2]\n      loop_control: {pause: 0.01}\n';
  const host = fakeHost(yaml, () => result());
  await host.run.run('ahead');
  expect(new Set(host.sent).size).toBe(2);
});
