import { expect, test } from 'vitest';
import { rawBecome, shownBecome } from '../../../functions/host/session/become-command.ts';

test.each([
  [
    { method: 'sudo', user: 'root' },
    `sudo -H -S -n -u 'root' /bin/sh -c 'echo BECOME-SUCCESS-k ; echo '"'"'hi'"'"''`,
  ],
  [
    { method: 'sudo', user: 'root', password: 'p' },
    `sudo -H -S -p '[sudo via sortie, key=k] password:' -u 'root' /bin/sh -c 'echo BECOME-SUCCESS-k ; echo '"'"'hi'"'"''`,
  ],
  [
    { method: 'sudo', user: 'web', exe: '/opt/sudo', flags: '-E' },
    `/opt/sudo -E -u 'web' /bin/sh -c 'echo BECOME-SUCCESS-k ; echo '"'"'hi'"'"''`,
  ],
  [
    { method: 'doas', user: 'root' },
    `doas  -n -u 'root' /bin/sh -c 'echo BECOME-SUCCESS-k ; echo '"'"'hi'"'"''`,
  ],
])('%j', (become, command) => {
  expect(rawBecome("echo 'hi'", become, 'k').command).toBe(command);
});

test('no password is ever part of a command line', () => {
  for (const method of ['sudo', 'su', 'doas', 'dzdo']) {
    const become = { method, user: 'root', password: 'hunter2' };
    expect(shownBecome(become)).not.toContain('hunter2');
    if (method !== 'dzdo') expect(rawBecome('id', become, 'k').command).not.toContain('hunter2');
  }
});

test('the command line of an agent is shown as it is executed', () => {
  expect(shownBecome({ method: 'sudo', user: 'web' })).toBe(`EXEC sudo -H -S -n -u 'web' /bin/sh`);
});

test('other methods are refused', () => {
  expect(() => rawBecome('id', { method: 'machinectl', user: 'root' }, 'k')).toThrow(
    'The become method machinectl is not supported for raw',
  );
});
