/** What a run leaves for whoever goes on with it: raw commands, pauses, keys, and its leaving. */

import { expect, test } from 'vitest';
import { encodeChanges } from '../../../functions/host/execute/change-json.ts';
import type { HostJournal, StateChange } from '../../../functions/host/execute/host-journal.ts';
import type { Reply, SessionRequest } from '../../../functions/host/session/session.ts';
import { FailureError } from '../../../shared/base/failure.ts';
import { answersOf, fakeHost, result } from './fake-host.ts';
import { type Entry, newTarget, type Process, runProcess, type Target } from './journaled-host.ts';

const play = (tasks: string): string => `- hosts: all\n  tasks:\n${tasks}`;
const raw = (rest = ''): string =>
  play(
    `    - command: a\n    - raw: bootstrap\n      register: r\n${rest}    - command: "b {{ r.stdout }}"\n`,
  );
const well = answersOf(() => false);

/** Goes on after the entry that `isLast` picks, with the target as it is. */
async function goOn(
  yaml: string,
  isLast: (text: string) => boolean,
  forgets = false,
): Promise<[Process, Target]> {
  const target = newTarget();
  const script = { files: { '/play/site.yml': yaml }, forgets };
  const whole = await runProcess(script, { target, past: [], seed: 1 });
  const last = whole.entries.findIndex(({ text }) => isLast(text));
  const past: readonly Entry[] = whole.entries.slice(0, last + 1);
  expect(last).toBeGreaterThan(0);
  const executed = target.executed.filter(({ noted }) => noted <= past.length);
  const known = new Set(executed.map(({ key }) => key));
  const memory = new Map([...target.memory].filter(([key]) => known.has(key)));
  const left = { ...newTarget(), memory, executed };
  return [await runProcess(script, { target: left, past, seed: 2 }), left];
}

const isBegun = (text: string): boolean => text.includes('"raw 0.1",true');
const lines = ({ executed }: Target): readonly string[] => executed.map(({ line }) => line);

test('a raw command that was begun is not run again: the host counts as unreachable', async () => {
  const [{ answer }, target] = await goOn(raw(), isBegun);
  expect(answer.outcome).toMatchObject({ kind: 'ended', how: 'unreachable' });
  expect(lines(target)).toEqual(['a', 'bootstrap']);
});

test('a raw command is run again where sortie_rerun says that it may', async () => {
  const [{ answer }, target] = await goOn(raw('      vars: {sortie_rerun: true}\n'), isBegun);
  expect(answer.outcome).toMatchObject({ kind: 'ended', how: 'done' });
  expect(lines(target)).toEqual(['a', 'bootstrap', 'bootstrap', 'b said bootstrap']);
});

test('a raw command that was not begun is run', async () => {
  const [, target] = await goOn(raw(), (text) => text.includes('"t1/t0"'));
  expect(lines(target)).toEqual(['a', 'bootstrap', 'b said bootstrap']);
});

test('raw commands of a loop whose results are known are not run again', async () => {
  const loop = play(
    '    - raw: "{{ item }}"\n      loop: [a, b, c]\n      register: r\n      ignore_unreachable: true\n',
  );
  const [{ vars }, target] = await goOn(loop, (text) => text.includes('"raw 1.1",true'));
  expect(lines(target)).toEqual(['a', 'b', 'c']);
  expect(encodeChanges([{ kind: 'entered', work: '', vars, lastOrder: -1 }])).toMatch(
    /said a.*it is not run again.*said c/,
  );
});

const forgotten = (task: string): string =>
  play(
    `    - ${task}\n      loop: [a, b, c]\n      register: r\n      ignore_unreachable: true\n    - command: d\n`,
  );

test('what no agent remembers is not run again once it was begun', async () => {
  const [{ vars }, target] = await goOn(
    forgotten('command: "{{ item }}"'),
    (text) => text.includes('"request 1.1.1",true'),
    true,
  );
  expect(lines(target)).toEqual(['a', 'b', 'c', 'd']);
  expect(encodeChanges([{ kind: 'entered', work: '', vars, lastOrder: -1 }])).toMatch(
    /said a.*it is not run again.*said c/,
  );
});

test('what no agent remembers is run again where sortie_rerun says that it may', async () => {
  const [, target] = await goOn(
    forgotten('command: "{{ item }}"\n      vars: {sortie_rerun: true}'),
    (text) => text.includes('"request 1.1.1",true'),
    true,
  );
  expect(lines(target)).toEqual(['a', 'b', 'b', 'c', 'd']);
});

test('what only reads is run again', async () => {
  const [{ vars }, target] = await goOn(
    forgotten('stat: {path: "{{ item }}"}'),
    (text) => /"request 1.1.1",\d+/.test(text),
    true,
  );
  expect(lines(target)).toEqual(['stat', 'stat', 'stat', 'stat', 'stat', 'd']);
  expect(encodeChanges([{ kind: 'entered', work: '', vars, lastOrder: -1 }])).not.toContain('not run again');
});

test('what no agent remembers begins only when the request before it has ended', async () => {
  const script = { files: { '/play/site.yml': forgotten('command: "{{ item }}"') }, forgets: true };
  const { entries } = await runProcess(script, { target: newTarget(), past: [], seed: 1 });
  const all = entries.map(({ text }) => text).join('\n');
  const noted = [...all.matchAll(/"request (\d)\.1\.1",(true)?/g)];
  expect(noted.map(([, item, begun]) => `${item} ${begun === undefined ? 'ended' : 'begun'}`)).toEqual([
    '0 begun',
    '0 ended',
    '1 begun',
    '1 ended',
    '2 begun',
    // The end of the task says how the last one ended. The next task follows.
    '0 begun',
  ]);
});

test('a journal of another project is refused, with both places', async () => {
  const target = newTarget();
  const files = { '/play/site.yml': play('    - command: a\n    - command: b\n') };
  const { entries } = await runProcess({ files }, { target, past: [], seed: 1 });
  const changed = { '/play/site.yml': play('    - block:\n        - command: a\n    - command: b\n') };
  await expect(runProcess({ files: changed }, { target, past: entries, seed: 2 })).rejects.toThrow(
    'the journal of web does not fit the project: it goes on at t1/t1, the play at t2/t0',
  );
});

/** A journal in memory. */
function memoryJournal(): HostJournal & { readonly noted: StateChange[] } {
  const noted: StateChange[] = [];
  return { noted, note: (change) => noted.push(change), secured: async () => undefined };
}

test('a long pause is noted, and is all that the host waits for', async () => {
  const journal = memoryJournal();
  const woken = Promise.withResolvers<void>();
  const clock = { now: () => 1000, sleep: () => woken.promise, randomBytes: () => new Uint8Array() };
  const tasks = `    - command: flaky\n      register: r\n      until: r.rc == 0\n      delay: 60\n`;
  const answer = (_request: SessionRequest, number: number): Reply => result({ rc: number === 1 ? 1 : 0 });
  const host = fakeHost(play(tasks), answer, { journal, clock, keyPrefix: '7' });
  expect(host.run.sleepingUntil()).toBeUndefined();
  const running = host.run.run('ahead');
  expect(host.run.sleepingUntil()).toBeUndefined();
  await expect.poll(() => host.run.sleepingUntil()).toBe(61_000);
  expect(journal.noted).toEqual([{ kind: 'slept', place: 't1/t0', count: 1, until: 61_000 }]);
  expect(host.events).toEqual([]);
  woken.resolve();
  await running;
  expect(host.run.sleepingUntil()).toBeUndefined();
});

test('a pause goes on where it was left', async () => {
  const journal = memoryJournal();
  const slept: number[] = [];
  const clock = {
    now: () => 50_000,
    sleep: async (ms: number) => {
      slept.push(ms);
    },
    randomBytes: () => new Uint8Array(),
  };
  const tasks = `    - command: flaky\n      register: r\n      until: r.rc == 0\n      delay: 60\n`;
  const answer = (_request: SessionRequest, number: number): Reply => result({ rc: number < 3 ? 1 : 0 });
  const host = fakeHost(play(tasks), answer, { journal, clock });
  const vars = { assigned: new Map(), origins: new Map(), included: new Map(), facts: [] };
  await host.run.restore(host.context, [
    { kind: 'entered', work: '', vars, lastOrder: -1 },
    { kind: 'slept', place: 't1/t0', count: 1, until: 61_000 },
  ]);
  await host.run.run('ahead');
  expect(slept).toEqual([11_000, 60_000]);
});

test('who leaves takes no more notes, tells nothing, and lets kept agents go on', async () => {
  const journal = memoryJournal();
  const reply = Promise.withResolvers<Reply>();
  const host = fakeHost(play('    - command: a\n    - command: b\n'), () => reply.promise, { journal });
  const outcome = host.run.run('ahead');
  await expect.poll(() => host.sent).toEqual(['a', 'b']);
  await host.run.leave();
  reply.resolve(result());
  const late = new Promise((resolve) => setTimeout(resolve, 20, 'nothing'));
  expect(await Promise.race([outcome, late])).toBe('nothing');
  expect([journal.noted, host.events, host.sent]).toEqual([[], [], ['a', 'b']]);
  expect(host.closed()).toEqual(['detached']);
});

test('answers are forgotten once the ends of their tasks are stored', async () => {
  const stored = Promise.withResolvers<void>();
  const journal = { ...memoryJournal(), secured: () => stored.promise };
  const host = fakeHost(play('    - command: "{{ item }}"\n      loop: [a, b]\n    - command: c\n'), well, {
    journal,
    keyPrefix: '3',
  });
  await host.run.run('ahead');
  const leaving = host.run.leave();
  expect(host.forgotten).toEqual([]);
  stored.resolve();
  await leaving;
  expect(host.forgotten).toEqual(['3/t1/t0#0.1.1', '3/t1/t0#1.1.1', '3/t1/t1#0.1.1']);
});

test('the run ends with the error of a journal that cannot be stored', async () => {
  const journal = { ...memoryJournal(), secured: () => Promise.reject(new Error('the store is full')) };
  const tasks = `    - set_fact: {x: "{{ 1000 | random }}"}\n    - command: "{{ x }}"\n    - command: c\n`;
  const host = fakeHost(play(tasks), well, { journal });
  await expect(host.run.run('ahead')).rejects.toThrow('the store is full');
  expect(host.sent).toEqual([]);
  await host.run.leave();
});

test('a store that fails while a host is reached ends the run, and is no failure of the task', async () => {
  const failure = new FailureError({ kind: 'store-failed', message: 'no room', retryable: true });
  const host = fakeHost(play('    - command: "{{ item }}"\n      loop: [a, b]\n    - command: c\n'), well, {
    connect: () => ({
      raw: () => Promise.reject(failure),
      session: () => Promise.reject(failure),
      close: async () => undefined,
      detach: async () => undefined,
    }),
  });
  await expect(host.run.run('ahead')).rejects.toThrow('no room');
  expect(host.finished()).toEqual([]);
});

const lost = new FailureError({ kind: 'outcome-unknown', message: 'gone', retryable: false });

test('a task whose outcome is unknown is sent again where sortie_rerun says that it may', async () => {
  const tasks = `    - command: a\n    - command: b\n      vars: {sortie_rerun: yes}\n    - command: c\n`;
  const answer = (_request: SessionRequest, number: number): Reply =>
    number < 2 || number > 3 ? result() : { kind: 'failed', failure: lost.failure };
  const host = fakeHost(play(tasks), answer);
  expect(await host.run.run('ahead')).toMatchObject({ kind: 'ended', how: 'unreachable' });
  expect(host.sent).toEqual(['a', 'b', 'c', 'b']);
  expect(host.finished()).toEqual(['changed', 'changed', 'unreachable']);
});

test('a task behind one that was lost is not sent again', async () => {
  const tasks = `    - command: a\n    - command: b\n      vars: {sortie_rerun: yes}\n`;
  const host = fakeHost(play(tasks), () => ({ kind: 'failed', failure: lost.failure }));
  expect(await host.run.run('ahead')).toMatchObject({ kind: 'ended', how: 'unreachable' });
  expect(host.sent).toEqual(['a', 'b']);
});

test('a raw command to a host that cannot be reached makes it unreachable', async () => {
  const host = fakeHost(play('    - raw: a\n    - command: b\n'), well, {
    connect: () => ({
      raw: () => Promise.reject(lost),
      session: () => Promise.reject(lost),
      close: async () => undefined,
      detach: async () => undefined,
    }),
  });
  expect(await host.run.run('ahead')).toMatchObject({ kind: 'ended', how: 'unreachable' });
  expect(host.finished()).toEqual(['unreachable']);
});

test('a failure that is ignored notifies no handler', async () => {
  const tasks = `    - command: a\n      notify: h\n      ignore_errors: true\n    - command: b\n  handlers:\n    - name: h\n      command: never\n`;
  const host = fakeHost(
    play(tasks),
    answersOf(({ args }) => args.get('_raw_params') === 'a'),
  );
  await host.run.run('ahead');
  expect(host.sent).toEqual(['a', 'b']);
});
