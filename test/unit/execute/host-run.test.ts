import { expect, test } from 'vitest';
import { answersOf, fakeHost, result } from './fake-host.ts';

const play = (tasks: string, rest = ''): string =>
  `- hosts: all\n  gather_facts: false\n${rest}  tasks:\n${tasks}`;
const commands = (names: string): string => [...names].map((name) => `    - command: ${name}\n`).join('');

test('sends independent tasks without waiting for any result', async () => {
  const replies: (() => void)[] = [];
  const host = fakeHost(
    play(commands('abcde')),
    () =>
      new Promise((resolve) => {
        replies.push(() => resolve(result()));
      }),
  );
  const running = host.run.run('ahead');
  await expect.poll(() => host.sent).toEqual(['a', 'b', 'c', 'd', 'e']);
  for (const reply of replies) reply();
  expect(await running).toEqual({ kind: 'ended', how: 'done', isFatalForAll: false });
  expect(host.finished()).toEqual(Array(5).fill('changed'));
});

test('shows nothing of what was sent behind a failure', async () => {
  const host = fakeHost(
    play(commands('abcde')),
    answersOf(({ args }) => args.get('_raw_params') === 'c'),
  );
  expect(await host.run.run('ahead')).toEqual({ kind: 'ended', how: 'failed', isFatalForAll: false });
  expect(host.finished()).toEqual(['changed', 'changed', 'failed']);
});

test('goes on behind a failure that is ignored', async () => {
  const tasks = `    - command: a\n    - command: b\n      ignore_errors: true\n    - command: c\n`;
  const host = fakeHost(
    play(tasks),
    answersOf(({ args }) => args.get('_raw_params') === 'b'),
  );
  expect(await host.run.run('ahead')).toEqual({ kind: 'ended', how: 'done', isFatalForAll: false });
  expect(host.finished()).toEqual(['changed', 'failed ignored', 'changed']);
});

test('turns back to the rescue section, with the variables from before the failure', async () => {
  const tasks = `    - block:
        - set_fact: {before: 1}
        - command: fails
        - set_fact: {behind: 1}
        - command: never
      rescue:
        - command: "rescue {{ before }} {{ behind | default('unset') }} {{ ansible_failed_result.rc }}"
      always:
        - command: always
    - command: after
`;
  const host = fakeHost(
    play(tasks),
    answersOf(({ args }) => args.get('_raw_params') === 'fails'),
  );
  expect(await host.run.run('ahead')).toEqual({ kind: 'ended', how: 'done', isFatalForAll: false });
  expect(host.finished()).toEqual(['ok', 'failed rescued', 'changed', 'changed', 'changed']);
  expect(host.sent.filter((name) => !['never', 'after'].includes(name))).toContain('rescue 1 unset 1');
});

test('waits for the one result that a template needs', async () => {
  const tasks = `    - command: a\n      register: first\n    - command: b\n    - command: "c {{ first.rc }}"\n    - command: d\n`;
  const host = fakeHost(
    play(tasks),
    answersOf(() => false),
  );
  await host.run.run('ahead');
  expect(host.sent).toEqual(['a', 'b', 'c 0', 'd']);
});

test('sends nothing behind a task whose own condition decides whether it failed', async () => {
  const tasks = `    - command: a\n      register: r\n      failed_when: r.rc == 0\n    - command: never\n`;
  const host = fakeHost(
    play(tasks),
    answersOf(() => false),
  );
  expect(await host.run.run('ahead')).toEqual({ kind: 'ended', how: 'failed', isFatalForAll: false });
  expect(host.sent).toEqual(['a']);
});

test('runs a notified handler once, and one that nothing notified never', async () => {
  const tasks = `    - command: a\n      notify: [restart]\n    - command: b\n      notify: restart\n`;
  const handlers = `  handlers:\n    - name: restart\n      command: restart\n    - name: other\n      command: other\n`;
  const host = fakeHost(
    play(tasks, handlers),
    answersOf(() => false),
  );
  await host.run.run('ahead');
  expect(host.sent).toEqual(['a', 'b', 'restart']);
});

test('each item of set_fact sees what the item before it set', async () => {
  const tasks = `    - set_fact:\n        seen: "{{ seen | default([]) + [item] }}"\n      loop: [1, 2, 3]\n    - command: "{{ seen | join('-') }}"\n`;
  const host = fakeHost(
    play(tasks),
    answersOf(() => false),
  );
  await host.run.run('ahead');
  expect(host.sent).toEqual(['1-2-3']);
});

test('a failing item does not stop its loop, and the loop stops what follows', async () => {
  const tasks = `    - command: "{{ item }}"\n      loop: [a, b, c]\n    - command: never\n`;
  const groups: unknown[] = [];
  const host = fakeHost(play(tasks), async (request, number) => {
    groups.push([request.group !== undefined, request.groupEnd]);
    return number === 2 ? result({ failed: true, rc: 1 }) : number > 3 ? { kind: 'discarded' } : result();
  });
  expect(await host.run.run('ahead')).toEqual({ kind: 'ended', how: 'failed', isFatalForAll: false });
  expect(host.sent.slice(0, 3)).toEqual(['a', 'b', 'c']);
  expect(groups.slice(0, 3)).toEqual([
    [true, false],
    [true, false],
    [true, true],
  ]);
  expect(host.finished()).toEqual(['failed']);
});

test('waits for the others before it reads their variables', async () => {
  const host = fakeHost(
    play(`    - command: a\n    - command: "{{ hostvars.db.x | default('none') }}"\n`),
    answersOf(() => false),
  );
  const outcome = await host.run.run('ahead');
  expect(outcome).toMatchObject({ kind: 'waiting', reason: 'hostvars of db', isOnce: false });
  expect(host.sent).toEqual(['a']);
  expect(await host.run.run('one')).toMatchObject({ kind: 'paused', met: { status: 'ok' } });
  expect(host.sent).toEqual(['a', 'none']);
});

test('asks one host to run what is to run once', async () => {
  const host = fakeHost(
    play(`    - command: a\n      run_once: true\n    - command: b\n`),
    answersOf(() => false),
  );
  expect(await host.run.run('ahead')).toMatchObject({ kind: 'waiting', reason: 'run_once', isOnce: true });
  host.run.change({ kind: 'adopt', end: { result: new Map([['changed', true]]), items: undefined } });
  expect(await host.run.run('ahead')).toEqual({ kind: 'ended', how: 'done', isFatalForAll: false });
  expect(host.sent).toEqual(['b']);
});

test('sends nothing more when a failure arrives together with the result that was waited for', async () => {
  const tasks = `    - command: a\n      register: first\n    - command: fails\n    - command: "never {{ first.rc }}"\n`;
  const epochs: (number | undefined)[] = [];
  const together = Promise.withResolvers<void>();
  const host = fakeHost(play(tasks), async ({ args, epoch }, number) => {
    epochs.push(epoch);
    if (number === 2) together.resolve();
    await together.promise;
    if (number > 2) return { kind: 'discarded' };
    const failed = args.get('_raw_params') === 'fails';
    const reply = result(failed ? { rc: 1, failed: true } : { rc: 0 });
    return reply.kind === 'result' ? { ...reply, epoch: failed ? 1 : 0 } : reply;
  });
  expect(await host.run.run('ahead')).toMatchObject({ kind: 'ended', how: 'failed' });
  expect(host.finished()).toEqual(['changed', 'failed']);
  expect(epochs.every((epoch) => epoch === 0)).toBe(true);
});

test('runs a handler that is a meta task once, however often handlers are flushed', async () => {
  const tasks = `    - command: a\n      notify: nothing\n    - meta: flush_handlers\n    - command: b\n`;
  const host = fakeHost(
    play(tasks, `  handlers:\n    - name: nothing\n      meta: noop\n`),
    answersOf(() => false),
  );
  await host.run.run('ahead');
  const banners = host.events.flatMap(({ event }) =>
    event.kind === 'task-started' ? [event.task.title] : [],
  );
  expect(banners).toEqual(['command', 'meta', 'nothing', 'command']);
});
