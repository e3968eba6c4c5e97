/** How lookups ask AWS: together, page by page, and not for ever. */

import { expect, test } from 'vitest';
import type { AwsAccess } from '../../../shared/base/aws-values.ts';
import { limits } from '../../../shared/base/limits.ts';
import { Secret } from '../../../shared/base/secret.ts';
import { allPages, createAsker } from '../../../shared/secrets/asker.ts';
import { gatherNames } from '../../../shared/secrets/gather-names.ts';
import { virtualClock } from './virtual-clock.ts';

const access: AwsAccess = { region: 'r', endpoint: undefined, profile: undefined, keys: undefined };

function awsError(name: string): Error {
  return Object.assign(new Error('the message'), { name, $fault: 'client' });
}

test('names of the same moment go out together, each once, and answers find their way back', async () => {
  const asked: string[][] = [];
  const ask = gatherNames(async (names) => {
    asked.push([...names]);
    return new Map(names.filter((name) => name !== 'none').map((name) => [name, `value of ${name}`]));
  }, 2);
  expect(await Promise.all(['a', 'b', 'a', 'none'].map(ask))).toEqual([
    'value of a',
    'value of b',
    'value of a',
    undefined,
  ]);
  expect(asked).toEqual([['a', 'b'], ['none']]);
  // Nothing is kept for later: a task may have changed it.
  await ask('a');
  expect(asked).toHaveLength(3);
});

test('a call that fails fails for those who are in it', async () => {
  const ask = gatherNames(
    async (names) => (names.includes('bad') ? Promise.reject(new Error('no')) : new Map([['c', 'fine']])),
    2,
  );
  const settled = await Promise.allSettled(['a', 'bad', 'c'].map(ask));
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});

test('a list without an end is given up on', async () => {
  const answer = await allPages('GetParametersByPath', async () => ({
    kind: 'found',
    value: { items: ['again'], token: 'the same' },
  }));
  expect(answer).toMatchObject({ kind: 'refused', code: 'PaginationError' });
});

test.each([
  ['ThrottlingException', limits.secretDeadlineMs],
  ['TimeoutError', limits.lookupUnreachedMs],
])('%s is asked again for %d ms', async (name, patienceMs) => {
  const clock = virtualClock();
  const answer = createAsker(access, clock)('GetParameter', () =>
    Promise.reject(name === 'TimeoutError' ? Object.assign(new Error(), { name }) : awsError(name)),
  );
  await clock.run();
  expect((await answer).kind).not.toBe('found');
  expect(clock.now()).toBeGreaterThanOrEqual(patienceMs);
  expect(clock.now()).toBeLessThan(patienceMs + limits.secretBackoffMsMax);
});

test('keys that never come are given up on', async () => {
  const clock = virtualClock();
  const answer = createAsker({ ...access, endpoint: 'http://e' }, clock)(
    'GetParameter',
    () => new Promise(() => {}),
  );
  await clock.run();
  expect(await answer).toMatchObject({
    why: 'ReadTimeoutError',
    message: 'Read timeout on endpoint URL: "http://e/"',
  });
  expect(clock.now()).toBe(limits.lookupDeadlineMs);
});

test('what is refused is refused at once', async () => {
  let calls = 0;
  const answer = await createAsker(access, virtualClock())('GetParameter', () => {
    calls++;
    return Promise.reject(awsError('AccessDeniedException'));
  });
  expect(answer).toEqual({
    kind: 'refused',
    code: 'AccessDeniedException',
    operation: 'GetParameter',
    message: 'the message',
  });
  expect(calls).toBe(1);
});

test('a mistake of ours is no answer', async () => {
  const asked = createAsker(access, virtualClock())('GetParameter', () => Promise.reject(new Error('oops')));
  await expect(asked).rejects.toThrow('oops');
});

test('keys are not shown with an account', () => {
  const keyed = { ...access, keys: { id: 'AKIA', secret: new Secret('s3cret'), token: undefined } };
  expect(JSON.stringify(keyed)).not.toContain('s3cret');
});
