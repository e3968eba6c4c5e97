/** The session of a function with its own machine: order, failures, refusals, and waits that were begun before. */

import { expect, test } from 'vitest';
import { isRepeatable } from '../../../functions/host/local-modules/repeatable.ts';
import { openLocalConnection } from '../../../functions/host/local-session.ts';
import type { Reply, Session, SessionRequest } from '../../../functions/host/session/session.ts';
import type { Clock } from '../../../shared/base/clock.ts';
import type { Value } from '../../../shared/base/value.ts';
import { localTarget } from './local-target.ts';

/** Time goes on with sleeps only. */
function fakeClock(): Clock & { readonly slept: number[] } {
  let now = 1_000_000;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      slept.push(ms);
      now += ms;
    },
    randomBytes: (length) => new Uint8Array(length),
  };
}

function openSession(clock: Clock = fakeClock()): Promise<Session> {
  return openLocalConnection(localTarget('/'), { environment: { HOME: '/home/me' }, clock }).session();
}

function request(module: string, args: Readonly<Record<string, Value>> = {}, more = {}): SessionRequest {
  return { module, args: new Map<Value, Value>(Object.entries(args)), ...more };
}

function textOf(reply: Reply, key = 'msg'): string {
  return reply.kind === 'result' ? String(reply.result.get(key)) : reply.kind;
}

const wrong = request('wait_for', { state: 'open' });

test('a failure discards what is queued behind it, and nothing that knows of it', async () => {
  const session = await openSession();
  const replies = await Promise.all([session.run(wrong), session.run(request('ping'))]);
  expect(replies.map((reply) => reply.kind)).toEqual(['result', 'discarded']);
  expect(replies[0]).toMatchObject({ epoch: 1 });
  expect(textOf(await session.run(request('ping', {}, { epoch: 1 })), 'ping')).toBe('pong');
});

test('a failure that is tolerated, or of an item before the last, discards nothing', async () => {
  const session = await openSession();
  const replies = await Promise.all([
    session.run({ ...wrong, tolerated: true }),
    session.run({ ...wrong, group: 1 }),
    session.run(request('ping', {}, { group: 1, groupEnd: true })),
    session.run(request('ping')),
  ]);
  expect(replies.map((reply) => reply.kind)).toEqual(['result', 'result', 'result', 'discarded']);
  expect(replies[2]).toMatchObject({ epoch: 1 });
});

test('what needs Python or another user fails, and says what to do', async () => {
  const session = await openSession();
  const tolerated = { tolerated: true };
  const apt = await session.run(request('ansible.legacy.apt', {}, tolerated));
  expect(textOf(apt)).toMatch(/no Python on its own machine.*\(apt\).*ansible_connection=ssh/);
  const job = { id: 'j1', seconds: 1, directory: '/' };
  expect(textOf(await session.run(request('ping', {}, { ...tolerated, job })))).toContain('(async)');
  const become = { method: 'sudo', user: 'root' };
  expect(textOf(await session.run(request('ping', {}, { ...tolerated, become })))).toContain('another user');
});

test('raw as another user is refused', async () => {
  const deps = { environment: {}, clock: fakeClock() };
  const connection = openLocalConnection(localTarget('/'), deps);
  await expect(connection.raw('id', { method: 'su', user: 'root' })).rejects.toThrow('another user');
});

test('a module that crashes fails its task alone', async () => {
  const session = await openSession();
  const reply = await session.run(request('ping', { data: 'crash' }, { tolerated: true }));
  expect(reply).toMatchObject({ kind: 'failed', failure: { message: 'The module ping failed: boom' } });
  expect(textOf(await session.run(request('ping')), 'ping')).toBe('pong');
});

test('arguments are shown without what is secret, and homes are those of the tasks', async () => {
  const session = await openSession();
  const args = { path: '~/none', state: 'absent' };
  const reply = await session.run(request('file', args));
  expect(textOf(reply, 'path')).toBe('/home/me/none');
});

test('a wait that was begun before has only what is left of its time', async () => {
  const clock = fakeClock();
  const session = await openSession(clock);
  const args = { path: '/nonexistent/file', timeout: 60, sleep: 10 };
  const reply = await session.run(request('wait_for', args, { begunAtMs: clock.now() - 45_000 }));
  expect(textOf(reply)).toBe('Timeout when waiting for file /nonexistent/file');
  expect(clock.slept).toEqual([10_000, 10_000]);
  expect(textOf(reply, 'elapsed')).toBe('65');
});

test('a wait whose time has passed meanwhile looks once more', async () => {
  const clock = fakeClock();
  const session = await openSession(clock);
  const args = { path: '/', timeout: 60 };
  const reply = await session.run(request('wait_for', args, { begunAtMs: clock.now() - 600_000 }));
  expect(textOf(reply, 'elapsed')).toBe('600');
});

test('a session that has ended takes nothing more', async () => {
  const session = await openSession();
  await session.close();
  expect(await session.run(request('ping'))).toMatchObject({ kind: 'failed', lost: 'unsent' });
});

test.each([
  ['command', {}, false, false],
  ['command', {}, true, true],
  ['ansible.legacy.stat', {}, false, true],
  ['uri', {}, false, true],
  ['uri', { method: 'head' }, false, true],
  ['ansible.builtin.uri', { method: 'POST' }, false, false],
  ['copy', {}, false, false],
  ['unknown', {}, false, true],
])('whether %s %o may run again (check: %s): %s', (module, args, isCheck, expected) => {
  expect(isRepeatable(module, request(module, args).args, isCheck)).toBe(expected);
});
