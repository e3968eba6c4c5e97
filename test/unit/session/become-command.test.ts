import { expect, test } from 'vitest';
import { rawBecome } from '../../../functions/host/session/become-command.ts';

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
  for (const method of ['sudo', 'su', 'doas']) {
    const { command } = rawBecome('id', { method, user: 'root', password: 'hunter2' }, 'k');
    expect(command).not.toContain('hunter2');
  }
});

test('other methods are refused', () => {
  expect(() => rawBecome('id', { method: 'machinectl', user: 'root' }, 'k')).toThrow(
    'The become method machinectl is not supported for raw',
  );
});
