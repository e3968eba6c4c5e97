/** What every run store must do with blobs, facts, host keys and names of projects. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { FailureError } from '../../shared/base/failure.ts';
import { dict, PyFloat } from '../../shared/base/value.ts';
import type { OpenedStore } from './run-store.ts';

const NO_HASH = '0'.repeat(64);

/** The tests; `opened` gives the store of the test that runs. */
export function testFleet(opened: () => OpenedStore): void {
  test('keeps the newest facts of a host', async () => {
    await opened().store.putFacts('h', dict([['n', 1]]), 10);
    await opened().store.putFacts('h', dict([['n', new PyFloat(2)]]), 20);
    expect(await opened().store.readFacts('h', 20)).toEqual(dict([['n', new PyFloat(2)]]));
    expect(await opened().store.readFacts('h', 21)).toBeUndefined();
    expect(await opened().store.readFacts('other', 0)).toBeUndefined();
  });

  test('lets no older facts replace newer ones', async () => {
    await opened().store.putFacts('h', dict([['n', 2]]), 20);
    await opened().store.putFacts('h', dict([['n', 1]]), 10);
    expect(await opened().store.readFacts('h', 0)).toEqual(dict([['n', 2]]));
  });

  test('keeps facts of any size', async () => {
    const facts = dict(
      Array.from({ length: 30_000 }, (_, index) => [`f${index}`, Math.sin(index).toString(36)]),
    );
    await opened().store.putFacts('h', facts, 1);
    expect(await opened().store.readFacts('h', 1)).toEqual(facts);
  });

  test('names blobs by their hash', async () => {
    const { store, again } = opened();
    const bytes = Uint8Array.from({ length: 2_000_000 }, (_, index) => index * 7);
    const hash = await store.putBlob(bytes, 'project');
    expect(hash).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(await store.putBlob(bytes, 'project')).toBe(hash);
    const other = await again();
    expect(Buffer.compare(await other.getBlob(hash, 'project'), bytes)).toBe(0);
    await other.close();
  });

  test('keeps an empty blob', async () => {
    const hash = await opened().store.putBlob(new Uint8Array(), 'run');
    expect(await opened().store.getBlob(hash, 'run')).toHaveLength(0);
  });

  test('says which blobs are missing, for each kind', async () => {
    const { store } = opened();
    const [one, two] = await Promise.all(
      ['1', '2'].map((text) => store.putBlob(Buffer.from(text), 'project')),
    );
    const hashes = [NO_HASH, one ?? '', two ?? ''];
    expect(await store.missingBlobs(hashes, 'project')).toEqual([NO_HASH]);
    expect(await store.missingBlobs(hashes, 'run')).toEqual(hashes);
    expect(await store.missingBlobs([], 'run')).toEqual([]);
  });

  test('fails for a blob that is missing, with its hash', async () => {
    const asked = opened().store.getBlob(NO_HASH, 'run');
    await expect(asked).rejects.toThrow(FailureError);
    await expect(asked).rejects.toThrow(NO_HASH);
  });

  test('keeps the first key of an address and gives it to all of 50 who come at once', async () => {
    const { store, again } = opened();
    const other = await again();
    const keys = Array.from({ length: 50 }, (_, index) => `ssh-ed25519 AAAA${index}`);
    const kept = await Promise.all(
      keys.map((key, index) => (index % 2 === 0 ? store : other).recordHostKey('[h]:22', key)),
    );
    expect(new Set(kept).size).toBe(1);
    expect(keys).toContain(kept[0]);
    expect(await other.readHostKey('[h]:22')).toBe(kept[0]);
    expect(await store.recordHostKey('[h]:22', 'ssh-rsa BBBB')).toBe(kept[0]);
    expect(await store.readHostKey('[h]:2222')).toBeUndefined();
    await other.close();
  });

  test('finds the newest manifest of a name', async () => {
    const { store } = opened();
    await store.nameProject('shop', 'aaa', 10);
    await store.nameProject('shop', 'ccc', 30);
    await store.nameProject('shop', 'bbb', 20);
    expect(await store.findProject('shop')).toBe('ccc');
    await store.nameProject('shop', 'ddd', 30);
    expect(await store.findProject('shop')).toBe('ddd');
    expect(await store.findProject('other')).toBeUndefined();
  });
}
