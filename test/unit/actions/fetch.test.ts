import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ActionReply } from '../../../functions/host/actions/action.ts';
import { runFetch } from '../../../functions/host/actions/fetch.ts';
import { type FakeCall, type Files, fakeCall, fakeRemote, plain, toDict } from './fake-call.ts';

/** Fetches from a target whose files all hold `content`. */
async function fetch(args: FakeCall['args'], files: Files, content: string): Promise<ActionReply> {
  const sum = createHash('sha1').update(content).digest('hex');
  const { remote } = fakeRemote(({ args: sent }) => {
    const source = String(sent.get('src')).replace('~', '/root');
    return toDict({ source, checksum: sum, size: content.length, sent: sent.get('_checksum') !== sum });
  });
  const sending = {
    ...remote,
    run: async (...request: Parameters<typeof remote.run>) => {
      const reply = await remote.run(...request);
      if (reply !== 'discarded' && reply.get('sent') === true)
        await request[2]?.onData?.(Buffer.from(content));
      return reply;
    },
  };
  return runFetch(fakeCall('fetch', { args, files }), sending).reply;
}

test('a file goes below the name of its host', async () => {
  const files: Files = {};
  const reply = await fetch({ src: '/etc/f', dest: 'got' }, files, 'abc');
  expect(files['/project/got/web/etc/f']).toBe('abc');
  expect(plain(reply)).toEqual({
    changed: true,
    dest: '/project/got/web/etc/f',
    md5sum: '900150983cd24fb0d6963f7d28e17f72',
    remote_md5sum: null,
    checksum: 'a9993e364706816aba3e25717850c26c9cd0d89d',
    remote_checksum: 'a9993e364706816aba3e25717850c26c9cd0d89d',
  });
});

test('a file that is here already is not written', async () => {
  const reply = await fetch({ src: '/f', dest: '/here', flat: true }, { '/here': 'abc' }, 'abc');
  expect(plain(reply)).toMatchObject({ changed: false, file: '/f', dest: '/here' });
});

test('a file below the home of the target is named by its whole path', async () => {
  const files: Files = {};
  await fetch({ src: '~/f', dest: '/got' }, files, 'abc');
  expect(files['/got/web/root/f']).toBe('abc');
});

test('a directory needs a slash to take a flat file', () => {
  const call = fakeCall('fetch', {
    args: { src: '/f', dest: '/here', flat: true },
    files: { '/here/x': '' },
  });
  expect(() => runFetch(call, fakeRemote(() => new Map()).remote)).toThrow('dest is an existing directory');
});

test('nothing is fetched in check mode', async () => {
  const call = fakeCall('fetch', { args: { src: '/f', dest: '/here' }, keywords: { isCheckMode: true } });
  const { remote, requests } = fakeRemote(() => new Map());
  expect(plain(await runFetch(call, remote).reply)).toMatchObject({ skipped: true });
  expect(requests).toEqual([]);
});
