import { describe, expect, test } from 'vitest';
import { FailureError } from '../../../shared/base/failure.ts';
import { limits } from '../../../shared/base/limits.ts';
import { Secret } from '../../../shared/base/secret.ts';
import { askService } from '../../../shared/secrets/ask-service.ts';
import { cacheSecrets, type SecretSource } from '../../../shared/secrets/secret-source.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

type Fixture = {
  readonly clock: VirtualClock;
  readonly values: Map<string, string>;
  readonly calls: string[][];
  readonly source: SecretSource;
  fail: FailureError | undefined;
};

function fixture(values: Readonly<Record<string, string>>): Fixture {
  const clock = virtualClock();
  const made: Fixture = {
    clock,
    values: new Map(Object.entries(values)),
    calls: [],
    fail: undefined,
    source: cacheSecrets(
      {
        fetch: async (names) => {
          made.calls.push([...names]);
          if (made.fail !== undefined) throw made.fail;
          return new Map(
            names.flatMap((name) => {
              const value = made.values.get(name);
              return value === undefined ? [] : [[name, new Secret(value)] as const];
            }),
          );
        },
        hint: (name) => `put ${name}`,
      },
      clock,
    ),
  };
  return made;
}

const texts = (secrets: ReadonlyMap<string, Secret>): Record<string, string> =>
  Object.fromEntries([...secrets].map(([name, secret]) => [name, secret.reveal()]));

const busy = new FailureError({ kind: 'store-failed', message: 'busy', retryable: true });

describe('secrets in memory', () => {
  test('are fetched once, however many ask at the same time', async () => {
    const { calls, source } = fixture({ a: '1', b: '2' });
    const found = await Promise.all([source.find(['a', 'b', 'c']), source.find(['b']), source.read(['a'])]);
    expect(found.map(texts)).toEqual([{ a: '1', b: '2' }, { b: '2' }, { a: '1' }]);
    expect(calls).toEqual([['a', 'b', 'c']]);
  });

  test('that are missing are named all at once, with what to do', async () => {
    const { source } = fixture({ b: '2' });
    const failure = await source.read(['a', 'b', 'c']).catch((error) => error.failure);
    expect(failure).toEqual({
      kind: 'secret-missing',
      message: 'This deployment has no a, c. To put them there:\n  put a\n  put c',
      retryable: false,
    });
  });

  test('are fetched again when they are old', async () => {
    const { calls, clock, source, values } = fixture({ a: '1' });
    await source.find(['a']);
    clock.advance(limits.secretLifetimeMs - 1);
    await source.find(['a']);
    expect(calls.length).toBe(1);
    values.set('a', 'new');
    clock.advance(1);
    expect(texts(await source.find(['a']))).toEqual({ a: 'new' });
  });

  test('outlive a service that is busy, not one that says no', async () => {
    const made = fixture({ a: '1' });
    await made.source.find(['a']);
    made.clock.advance(limits.secretLifetimeMs);
    made.fail = busy;
    expect(texts(await made.source.find(['a']))).toEqual({ a: '1' });
    await expect(made.source.find(['a', 'b'])).rejects.toThrow('busy');
    made.fail = new FailureError({ kind: 'store-failed', message: 'denied', retryable: false });
    await expect(made.source.find(['a'])).rejects.toThrow('denied');
  });

  test('are fetched again after a refused login, but not by everybody whose login is refused', async () => {
    const { calls, clock, source, values } = fixture({ a: '1' });
    await source.find(['a']);
    expect(source.refresh()).toBe(false);
    clock.advance(limits.secretRefreshMsMin);
    values.set('a', 'new');
    expect(source.refresh()).toBe(true);
    expect(texts(await source.find(['a']))).toEqual({ a: 'new' });
    expect(source.refresh()).toBe(false);
    await source.find(['a']);
    expect(calls.length).toBe(2);
  });
});

describe('a busy service', () => {
  const throttled = (): Error => Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });

  test('gives 1,000 environments their secrets at 40 calls a second, long before they give up', async () => {
    const clock = virtualClock();
    let tokens = 40;
    let filledAt = 0;
    let refused = 0;
    const call = async (): Promise<string> => {
      tokens = Math.min(40, tokens + ((clock.now() - filledAt) / 1000) * 40);
      filledAt = clock.now();
      if (tokens < 1) {
        refused++;
        throw throttled();
      }
      tokens--;
      return 'served';
    };
    const options = { clock, place: '/sortie/prod/*', permission: 'ssm:GetParameters' };
    const all = Promise.all(Array.from({ length: 1_000 }, () => askService(call, options)));
    await clock.run();
    expect(new Set(await all)).toEqual(new Set(['served']));
    // 24 s is the least at that rate.
    expect(clock.now()).toBeGreaterThan(23_000);
    expect(clock.now()).toBeLessThan(limits.secretDeadlineMs / 2);
    expect(refused).toBeLessThan(20_000);
  });

  test('is given up on after a while', async () => {
    const clock = virtualClock();
    const asked = askService(() => Promise.reject(throttled()), { clock, place: '/p/*', permission: 'x' });
    const failure = asked.catch((error) => error.failure);
    await clock.run();
    expect(await failure).toEqual({
      kind: 'store-failed',
      message: '/p/* could not be read: ThrottlingException: Rate exceeded',
      retryable: true,
    });
    expect(clock.now()).toBeGreaterThanOrEqual(limits.secretDeadlineMs);
  });

  test('that denies is not asked again', async () => {
    let calls = 0;
    const call = (): Promise<string> => {
      calls++;
      return Promise.reject(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));
    };
    const options = { clock: virtualClock(), place: '/p/*', permission: 'ssm:GetParameters' };
    await expect(askService(call, options)).rejects.toThrow(
      '/p/* may not be read: ssm:GetParameters is needed. not authorized',
    );
    expect(calls).toBe(1);
  });
});
