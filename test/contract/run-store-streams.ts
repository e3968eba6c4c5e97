/** What every run store must do with the streams of hosts. */

import { expect, test } from 'vitest';
import { dict, PyFloat } from '../../shared/base/value.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import type { HostEntry, Said } from '../../shared/wire/host-journal.ts';
import type { OpenedStore } from './run-store.ts';

type Numbered = { readonly sequence: number; readonly entry: HostEntry };

/** The tests; `opened` gives the store of the test that runs. */
export function testHostStreams(opened: () => OpenedStore): void {
  test('gives back entries in order, each host its own', async () => {
    const { store } = opened();
    const entries = Array.from({ length: 12 }, (_, sequence) => numbered(sequence));
    for (const each of entries) expect(await store.appendEntry('r1', 'a', each)).toBe('stored');
    await store.appendEntry('r1', 'b', numbered(0, 'other'));
    await store.appendEntry('r2', 'a', numbered(0, 'another'));
    expect(await entriesOf(store, 'a', 0)).toEqual(entries);
    expect(await entriesOf(store, 'a', 9)).toEqual(entries.slice(9));
    expect(await entriesOf(store, 'a', 12)).toEqual([]);
    expect(await entriesOf(store, 'b', 0)).toEqual([numbered(0, 'other')]);
    expect(await store.lastEntry('r1', 'a')).toEqual(numbered(11));
    expect(await store.lastEntry('r1', 'c')).toBeUndefined();
  });

  test('tells a writer that another was there before, and its own entry from that', async () => {
    const { store } = opened();
    expect(await store.appendEntry('r1', 'a', numbered(0, 'one'))).toBe('stored');
    expect(await store.appendEntry('r1', 'a', numbered(0, 'two'))).toBe('taken');
    expect(await store.appendEntry('r1', 'a', numbered(0, 'one'))).toBe('stored');
    expect(await entriesOf(store, 'a', 0)).toEqual([numbered(0, 'one')]);
  });

  test('lets one of 20 writers win a number', async () => {
    const { store, again } = opened();
    const other = await again();
    const writers = Array.from({ length: 20 }, (_, index) => `writer ${index}`);
    const answers = await Promise.all(
      writers.map((writer, index) =>
        (index % 2 === 0 ? store : other).appendEntry('r1', 'a', numbered(0, writer)),
      ),
    );
    const winner = writers[answers.indexOf('stored')] ?? '';
    expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1);
    expect(await entriesOf(store, 'a', 0)).toEqual([numbered(0, winner)]);
    await other.close();
  });

  test('pages through thousands of entries', async () => {
    const { store } = opened();
    const entries = Array.from({ length: 2_100 }, (_, sequence) => numbered(sequence));
    await Promise.all(entries.map((each) => store.appendEntry('r1', 'a', each)));
    expect(await entriesOf(store, 'a', 0)).toEqual(entries);
    expect(await store.lastEntry('r1', 'a')).toEqual(entries.at(-1));
  });

  test('keeps what was said as it is', async () => {
    const said: Said[] = [
      { order: [0, 'tasks/é\t"x".yml', 3] },
      { order: [], event: taskFinished(odd()) },
      { order: [1.5, ''], event: { kind: 'message', level: 'plain', text: 'a\nb\tc\u0000' } },
    ];
    const entry = { sequence: 0, entry: { writer: 'w', batch: 7, start: 4, said } };
    await opened().store.appendEntry('r1', 'a', entry);
    expect(await entriesOf(opened().store, 'a', 0)).toEqual([entry]);
    const [read] = await entriesOf(opened().store, 'a', 0);
    const event = read?.entry.said[1]?.event;
    expect(event?.kind === 'task-finished' && [...event.outcome.result.keys()]).toEqual([...odd().keys()]);
  });

  test('keeps a result of 5 MB and a sealed MB', async () => {
    const { store } = opened();
    const said = [{ order: [0], event: taskFinished(dict([['stdout', 'x'.repeat(5_000_000)]])) }];
    const large = { sequence: 0, entry: { ...numbered(0).entry, said, sealed: noise(1_048_576) } };
    await store.appendEntry('r1', 'a', large);
    await store.appendEntry('r1', 'a', numbered(1));
    expect(await entriesOf(store, 'a', 0)).toEqual([large, numbered(1)]);
    expect(await store.appendEntry('r1', 'a', large)).toBe('stored');
  });

  test('keeps apart hosts whatever their names are', async () => {
    const { store } = opened();
    const names = [
      'a',
      'a#b',
      'A',
      'ü.example',
      '[2001:db8::1]:2222',
      'x'.repeat(3_000),
      `${'x'.repeat(3_000)}y`,
    ];
    for (const [index, host] of names.entries())
      await store.appendEntry('r1', host, numbered(0, `w${index}`));
    for (const [index, host] of names.entries())
      expect(await entriesOf(store, host, 0)).toEqual([numbered(0, `w${index}`)]);
  });

  test('has an entry without anything said', async () => {
    const entry = { sequence: 0, entry: { writer: 'w', batch: 0, start: 0, said: [], sealed: noise(10) } };
    await opened().store.appendEntry('r1', 'a', entry);
    expect(await opened().store.lastEntry('r1', 'a')).toEqual(entry);
  });
}

function numbered(sequence: number, writer = 'writer'): Numbered {
  const event = { kind: 'message', level: 'plain', text: `message ${sequence}` } as const;
  const said = [{ order: [sequence, 'x'], event }, { order: [sequence + 1] }];
  return {
    sequence,
    entry: { writer, batch: 1, start: 0, said, sealed: new Uint8Array([sequence % 256, 0]) },
  };
}

function taskFinished(result: ReturnType<typeof dict>): Said['event'] & object {
  return { kind: 'task-finished', task: 't', at: 5, outcome: { host: 'h', status: 'ok', result } };
}

function odd(): ReturnType<typeof dict> {
  return dict([
    ['z', new PyFloat(1)],
    ['a', 2n ** 70n],
    ['10', 'a number as a key'],
    ['text', 'grüße \u{1f600} \u0000 \ud800'],
    ['list', [true, null, new PyFloat(0.1), dict([['kind', 'inner']])]],
  ]);
}

/** Bytes that do not compress, the same each time. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state >> 8;
  });
}

async function entriesOf(store: RunStore, host: string, from: number): Promise<Numbered[]> {
  const entries: Numbered[] = [];
  for await (const { sequence, entry } of store.readEntries('r1', host, from)) {
    const { sealed, ...rest } = entry;
    // Node's Buffers are bytes, too.
    entries.push({
      sequence,
      entry: sealed === undefined ? rest : { ...rest, sealed: new Uint8Array(sealed) },
    });
  }
  return entries;
}
