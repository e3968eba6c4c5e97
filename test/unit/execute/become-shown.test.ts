/** What `-vvv` tells of tasks that run as another user. */

import { expect, test } from 'vitest';
import { fakeHost, result } from './fake-host.ts';

test('-vvv shows the command line with which a task becomes another user', async () => {
  const host = fakeHost('- hosts: all\n  become: true\n  tasks: [{command: id}]\n', () => result());
  const { settings } = host.context;
  host.run.enterPlay({ ...host.context, settings: { ...settings, verbosity: 3 } });
  await host.run.run('ahead');
  const told = host.events.flatMap(({ event }) => (event.kind === 'message' ? [event] : []));
  expect(told).toMatchObject([
    { verbosity: 3, host: '192.0.2.1', text: expect.stringContaining('sudo -H -S') },
  ]);
});

test('a task that already runs as the user it is to become needs no command line', async () => {
  const yaml = '- hosts: all\n  become: true\n  remote_user: root\n  tasks: [{command: id}]\n';
  const requests: unknown[] = [];
  const host = fakeHost(yaml, (request) => {
    requests.push(request.become);
    return result();
  });
  await host.run.run('ahead');
  expect(requests).toEqual([undefined]);
});
