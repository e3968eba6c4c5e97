import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Conversation, startKeptSession } from '../../../functions/host/session/kept-session.ts';
import type {
  KeepOptions,
  KeptAgent,
  Reply,
  Session,
  SessionRequest,
} from '../../../functions/host/session/session.ts';
import { type Failure, FailureError } from '../../../shared/base/failure.ts';
import type { KeptFrame } from '../../../shared/wire/agent-frame.ts';

const CUT: Failure = { kind: 'unreachable', message: 'cut', retryable: true };
const FOUND: KeptFrame = {
  t: 'kept',
  agent: 'a1',
  isNew: false,
  inHand: null,
  known: 0,
  epoch: 0,
  lasting: true,
};

type Sent = { readonly request: SessionRequest; readonly answer: (reply: Reply) => void };

/** One connection, whose other end is the test. */
type FakeConversation = Conversation & {
  readonly sent: readonly Sent[];
  readonly frames: readonly unknown[];
  readonly meet: (frame: KeptFrame) => void;
  readonly cut: (failure?: Failure) => void;
  readonly closings: () => number;
};

function fakeConversation(): FakeConversation {
  const kept = Promise.withResolvers<KeptFrame>();
  const ended = Promise.withResolvers<Failure | undefined>();
  const sent: Sent[] = [];
  const frames: unknown[] = [];
  let closings = 0;
  const close = (): Promise<void> => {
    closings += 1;
    ended.resolve(undefined);
    return Promise.resolve();
  };
  return {
    python: '3.11.2',
    executable: '/usr/bin/python3',
    kept: kept.promise,
    ended: ended.promise,
    run: (request) => {
      const { promise, resolve } = Promise.withResolvers<Reply>();
      sent.push({ request, answer: resolve });
      return promise;
    },
    send: (frame) => frames.push(frame),
    load: (bundle) => frames.push(bundle.name),
    cancel: () => frames.push('cancel'),
    close,
    detach: close,
    sent,
    frames,
    meet: kept.resolve,
    cut: (failure = CUT) => {
      for (const { answer } of sent) answer({ kind: 'failed', failure, lost: 'sent' });
      ended.resolve(failure);
    },
    closings: () => closings,
  };
}

type Started = {
  readonly session: Session;
  readonly first: FakeConversation;
  /** The connections made after the first one. */
  readonly later: readonly FakeConversation[];
};

/** `refusals` are thrown by the first attempts to come back. */
function start(refusals: readonly Failure[] = [], admit?: KeepOptions['admit']): Started {
  const first = fakeConversation();
  const later: FakeConversation[] = [];
  const left = [...refusals];
  const keep = { name: 'n', idleSeconds: 1, busySeconds: 1, ...(admit === undefined ? {} : { admit }) };
  const reconnect = async (): Promise<Conversation> => {
    const refusal = left.shift();
    if (refusal !== undefined) throw new FailureError(refusal);
    const next = fakeConversation();
    later.push(next);
    return next;
  };
  return { session: startKeptSession(first, { host: 'web1', keep, reconnect }), first, later };
}

function request(key: string, more: Partial<SessionRequest> = {}): SessionRequest {
  return { module: 'shell', args: new Map(), key, ...more };
}

function answered(epoch: number, more: readonly (readonly [string, number | boolean])[] = []): Reply {
  return { kind: 'result', result: new Map(more), epoch };
}

/** Lets everything happen that waits for nothing, and `seconds` pass. */
async function pass(seconds = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('at first', () => {
  test('nothing leaves before the agent is known and admitted', async () => {
    const admitted = Promise.withResolvers<number>();
    const asked: KeptAgent[] = [];
    const { session, first } = start([], (kept) => {
      asked.push(kept);
      return admitted.promise;
    });
    void session.run(request('a'));
    session.load({ name: 'm', kind: 'python', blob: Buffer.of() });
    await pass();
    expect([first.sent, asked]).toEqual([[], []]);
    first.meet({ ...FOUND, inHand: 'x', known: 2 });
    await pass();
    expect(asked).toEqual([{ agent: 'a1', isNew: false, inHand: 'x', known: 2, isLasting: true }]);
    expect(await session.kept).toEqual(asked[0]);
    expect([first.sent, first.frames]).toEqual([[], []]);
    admitted.resolve(7);
    await pass();
    expect(first.frames).toEqual([{ t: 'take', fence: 7 }, 'm']);
    expect(first.sent.map(({ request: { key } }) => key)).toEqual(['a']);
  });

  test('an agent that says nothing is looked for again', async () => {
    const { first, later } = start();
    await pass(61);
    expect(first.closings()).toBe(1);
    expect(later).toHaveLength(1);
  });

  test('closing waits until the agent has been taken over, so that it is ended and not only left', async () => {
    const { session, first } = start();
    first.meet(FOUND);
    const closed = session.close();
    expect(first.closings()).toBe(0);
    await pass();
    await closed;
    expect([first.frames, first.closings()]).toEqual([[{ t: 'take', fence: 0 }], 1]);
  });
});

describe('when the connection breaks', () => {
  async function opened(refusals: readonly Failure[] = [], frame: KeptFrame = FOUND): Promise<Started> {
    const started = start(refusals);
    started.first.meet(frame);
    await pass();
    return started;
  }

  async function comeBack({ first, later }: Started, frame: KeptFrame = FOUND): Promise<FakeConversation> {
    const before = later.length;
    (later[before - 1] ?? first).cut();
    await pass(0.3);
    const next = later[before];
    if (next === undefined) throw new Error('it does not come back');
    next.meet(frame);
    await pass();
    return next;
  }

  test('everything that is not settled is sent again, in order and with its modules', async () => {
    const started = await opened();
    const { session, first } = started;
    session.load({ name: 'm', kind: 'python', blob: Buffer.of() });
    const replies = ['a', 'b', 'c'].map((key) => session.run(request(key)));
    first.sent[0]?.answer(answered(0));
    await replies[0];
    const next = await comeBack(started);
    expect(next.frames).toEqual([{ t: 'take', fence: 0 }, 'm']);
    expect(next.sent.map(({ request: { key } }) => key)).toEqual(['b', 'c']);
    for (const { answer } of next.sent) answer(answered(0));
    expect(await Promise.all(replies)).toMatchObject([
      { kind: 'result' },
      { kind: 'result' },
      { kind: 'result' },
    ]);
  });

  test('epochs go on where they were', async () => {
    const started = await opened();
    const { session, first } = started;
    const failing = session.run(request('a'));
    first.sent[0]?.answer(answered(3));
    expect(await failing).toMatchObject({ epoch: 3 });
    void session.run(request('b'));
    const next = await comeBack(started);
    expect(next.sent[0]?.request.epoch).toBe(0);
    expect(await session.run(request('stale', { epoch: 2 }))).toEqual({ kind: 'discarded' });
    const later = session.run(request('c', { epoch: 3 }));
    expect(next.sent[1]?.request.epoch).toBe(0);
    next.sent[1]?.answer(answered(1));
    expect(await later).toMatchObject({ epoch: 4 });
    const last = await comeBack(started);
    void session.run(request('d'));
    expect(last.sent.at(-1)?.request.epoch).toBe(0);
  });

  test('a group that has failed is still one, until it ends', async () => {
    const started = await opened();
    const { session, first } = started;
    const items = [
      session.run(request('tolerated', { group: 2, tolerated: true })),
      session.run(request('a', { group: 1 })),
      session.run(request('b', { group: 1, groupEnd: true })),
      session.run(request('other', { group: 2, groupEnd: true })),
    ];
    for (const { answer } of first.sent.slice(0, 2)) answer(answered(0, [['rc', 1]]));
    await Promise.all(items.slice(0, 2));
    const next = await comeBack(started);
    expect(next.sent.map(({ request: { key, groupFailed } }) => [key, groupFailed])).toEqual([
      ['b', true],
      ['other', undefined],
    ]);
    next.sent[0]?.answer(answered(1));
    await items[2];
    void session.run(request('new', { group: 1 }));
    expect(next.sent.at(-1)?.request.groupFailed).toBeUndefined();
  });

  test('what is to be forgotten is said again until the agent must have heard it', async () => {
    const started = await opened();
    const { session, first } = started;
    session.forget(['a']);
    const heard = session.run(request('b'));
    session.forget(['c']);
    first.sent[0]?.answer(answered(0));
    await heard;
    const next = await comeBack(started);
    expect(next.frames).toEqual([
      { t: 'take', fence: 0 },
      { t: 'forget', keys: ['c'] },
    ]);
  });

  test('data that was handed on is not handed on again, and its request has no key', async () => {
    const started = await opened();
    const { session, first } = started;
    const pieces: string[] = [];
    const onData = async (piece: Uint8Array): Promise<void> =>
      void pieces.push(Buffer.from(piece).toString());
    void session.run(request('fetch', { onData }));
    await first.sent[0]?.request.onData?.(Buffer.from('abc'));
    const next = await comeBack(started);
    expect(next.sent[0]?.request.key).toBeUndefined();
    for (const piece of ['ab', 'cd', 'e']) await next.sent[0]?.request.onData?.(Buffer.from(piece));
    expect(pieces).toEqual(['abc', 'd', 'e']);
  });

  test('a cancelling in between reaches the agent', async () => {
    const started = await opened();
    void started.session.run(request('a'));
    started.first.cut();
    await pass();
    started.session.cancel();
    await pass(0.3);
    started.later[0]?.meet(FOUND);
    await pass();
    expect(started.later[0]?.frames).toEqual([{ t: 'take', fence: 0 }, 'cancel']);
  });

  test('a host that refuses connections for a while is waited for', async () => {
    const started = await opened([CUT, { ...CUT, kind: 'boot-failed', retryable: false }, CUT]);
    const reply = started.session.run(request('a'));
    started.first.cut();
    await pass(10);
    started.later[0]?.meet(FOUND);
    await pass();
    started.later[0]?.sent[0]?.answer(answered(0));
    expect(await reply).toMatchObject({ kind: 'result' });
  });

  test('a host that stays away is given up', async () => {
    const started = await opened(Array.from({ length: 1000 }, () => CUT));
    const reply = started.session.run(request('a'));
    started.first.cut();
    await pass(120);
    expect(await reply).toMatchObject({ kind: 'failed', failure: { kind: 'outcome-unknown' }, lost: 'sent' });
    expect(await started.session.ended).toEqual(CUT);
    expect(await started.session.run(request('late'))).toEqual({
      kind: 'failed',
      failure: CUT,
      lost: 'unsent',
    });
  });

  test('a connection that breaks again and again at once is given up', async () => {
    const started = await opened();
    void started.session.run(request('a'));
    let broken = started.first;
    for (let attempt = 0; attempt < 1000; attempt++) {
      broken.cut();
      await pass(6);
      const next = started.later[attempt];
      if (next === undefined) break;
      next.meet(FOUND);
      await pass();
      broken = next;
    }
    expect(started.later.length).toBeLessThan(100);
    expect(await started.session.ended).toEqual(CUT);
  });

  test.each<readonly [string, Failure, KeptFrame]>([
    ['another agent', CUT, { ...FOUND, agent: 'a2', isNew: true }],
    ['an agent that belongs to somebody else now', CUT, { ...FOUND, fenced: true }],
  ])('nothing is sent again to %s', async (_, failure, frame) => {
    const started = await opened();
    const { session, first, later } = started;
    const replies = ['a', 'b'].map((key) => session.run(request(key)));
    first.cut(failure);
    await pass(0.3);
    const unsent = session.run(request('c'));
    later[0]?.meet(frame);
    await pass();
    expect(later[0]?.sent).toEqual([]);
    expect(later[0]?.closings()).toBe(1);
    expect(await Promise.all([...replies, unsent])).toMatchObject([
      { failure: { kind: 'outcome-unknown' }, lost: 'sent' },
      { failure: { kind: 'outcome-unknown' }, lost: 'sent' },
      { failure: { kind: 'unreachable', retryable: false }, lost: 'unsent' },
    ]);
  });

  test('only what was in hand may have run when the agent died', async () => {
    const started = await opened();
    const { session, first, later } = started;
    const replies = ['a', 'b'].map((key) => session.run(request(key)));
    first.cut({ kind: 'agent-died', message: 'died', retryable: false });
    await pass(0.3);
    later[0]?.meet({ ...FOUND, agent: 'a2', isNew: true });
    await pass();
    expect(await Promise.all(replies)).toMatchObject([
      { failure: { kind: 'outcome-unknown' } },
      { failure: { kind: 'agent-died' } },
    ]);
  });

  test.each<readonly [string, KeptFrame, Partial<SessionRequest>, Failure]>([
    ['an agent that does not last', { ...FOUND, lasting: false }, {}, CUT],
    ['a request without a key', FOUND, { key: '' }, CUT],
    ['an agent that makes no sense', FOUND, {}, { ...CUT, kind: 'protocol-broken', retryable: false }],
  ])('nobody comes back to %s', async (_, frame, changes, failure) => {
    const started = await opened([], frame);
    const { key, ...rest } = request('a', changes);
    const reply = started.session.run(key === '' ? rest : { ...rest, key: 'a' });
    started.first.cut(failure);
    await pass(10);
    expect(await reply).toMatchObject({ kind: 'failed', lost: 'sent' });
    expect([started.later, await started.session.ended]).toEqual([[], failure]);
  });

  test('closing and leaving end the search', async () => {
    for (const end of ['close', 'detach'] as const) {
      const started = await opened(Array.from({ length: 1000 }, () => CUT));
      const reply = started.session.run(request('a'));
      started.first.cut();
      await pass(1);
      const ended = started.session[end]();
      await pass();
      await ended;
      expect(await reply).toMatchObject({
        kind: 'failed',
        failure: { kind: 'outcome-unknown' },
        lost: 'sent',
      });
      expect(await started.session.ended).toBeUndefined();
    }
  });
});
