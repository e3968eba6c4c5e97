import { expect, test } from 'vitest';
import { ActionFailure } from '../../../functions/host/actions/action.ts';
import { runCopy } from '../../../functions/host/actions/copy.ts';
import { walkTree } from '../../../functions/host/actions/source-tree.ts';
import { readContent } from '../../../functions/host/session/content.ts';
import { limits } from '../../../shared/base/limits.ts';
import { fakeCall, fakeMachine, fakeRemote, plain, plainValue, toDict } from './fake-call.ts';

const SHA1_OF_ABC = 'a9993e364706816aba3e25717850c26c9cd0d89d';
const tree = { '/t/a': 'abc', '/t/sub/b': 'b', '/t/empty/': '', '/t/link': '-> a', '/t/sub/up': '-> ..' };

test('a file is one request with its sum, and the reply is the result', async () => {
  const call = fakeCall('copy', {
    args: { src: 'f', dest: '/d', mode: 'preserve', decrypt: true },
    files: { '/project/files/f': 'abc' },
  });
  const { remote, requests } = fakeRemote(() => toDict({ changed: true, dest: '/d' }));
  const run = runCopy(call, remote);
  expect(run.isWhole).toBe(true);
  expect(plain(await run.reply)).toEqual({ changed: true, dest: '/d' });
  expect(requests).toHaveLength(1);
  expect(plainValue(requests[0]?.args ?? null)).toEqual({
    src: 'f',
    dest: '/d',
    mode: '0640',
    _original_basename: 'f',
    _checksum: SHA1_OF_ABC,
    _source: '/project/files/f',
    follow: false,
  });
  const content = requests[0]?.extras.content;
  expect(content === undefined ? '' : Buffer.from(await readContent(content)).toString()).toBe('abc');
});

test('content that is a dict is sent as JSON', async () => {
  const call = fakeCall('copy', { args: { content: { a: [1, true] }, dest: '/d' } });
  const { remote, requests } = fakeRemote(() => toDict({ changed: true }));
  await runCopy(call, remote).reply;
  const content = requests[0]?.extras.content;
  expect(content === undefined ? '' : Buffer.from(await readContent(content)).toString()).toBe(
    '{"a": [1, true]}',
  );
  expect(requests[0]?.args.get('_is_content')).toBe(true);
});

test('a missing source names all places that were searched', () => {
  const call = fakeCall('copy', { args: { src: 'f', dest: '/d' } });
  const { remote } = fakeRemote(() => new Map());
  expect(() => runCopy(call, remote)).toThrow(
    "Could not find or access 'f'\nSearched in:\n\t/project/files/f\n\t/project/f\n\t/project/files/f\n\t/project/f on the Ansible Controller.\nIf you are using a module and expect the file to exist on the remote, see the remote_src option",
  );
});

test.each([
  [{ dest: '/d' }, 'src (or content) is required'],
  [{ src: 'f' }, 'dest is required'],
  [{ src: 'f', content: 'x', dest: '/d' }, 'src and content are mutually exclusive'],
  [{ content: 'x', dest: '/d/' }, 'can not use content with a dir as dest'],
])('%o is refused', (args, message) => {
  const { remote } = fakeRemote(() => new Map());
  expect(() => runCopy(fakeCall('copy', { args }), remote)).toThrow(new ActionFailure(message));
});

test('a tree is files first, then directories, then links, in one go', async () => {
  const call = fakeCall('copy', { args: { src: '/t/', dest: '/d', directory_mode: '0700' }, files: tree });
  const { remote, requests } = fakeRemote(() => toDict({ changed: true }));
  const run = runCopy(call, remote);
  expect(run.isWhole).toBe(true);
  expect(
    requests.map(({ module, args }) => [module, args.get('_original_basename') ?? args.get('path')]),
  ).toEqual([
    ['copy', 'a'],
    ['copy', 'link'],
    ['copy', 'sub/b'],
    ['file', '/d/empty'],
    ['file', '/d/sub'],
    ['file', '/d/sub/up'],
  ]);
  expect(requests.map(({ extras }) => extras.hasMore ?? false)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
  expect(plain(await run.reply)).toEqual({ dest: '/d/', src: '/t/', changed: true });
});

test('the first failure of a tree is its result', async () => {
  const call = fakeCall('copy', { args: { src: '/t/', dest: '/d' }, files: tree });
  const { remote } = fakeRemote(({ args }) =>
    toDict(args.get('_original_basename') === 'link' ? { failed: true, msg: 'no' } : { changed: true }),
  );
  expect(plain(await runCopy(call, remote).reply)).toEqual({ failed: true, msg: 'no' });
});

test('a large tree is sent as results come in, and no further after a failure', async () => {
  const names = Array.from({ length: limits.filesOnTheWayMax * 2 }, (_, index) => `/t/${1000 + index}`);
  const files = Object.fromEntries(names.map((name) => [name, 'x']));
  const call = fakeCall('copy', { args: { src: '/t/', dest: '/d' }, files });
  const { remote, requests } = fakeRemote(() => toDict({ failed: true, msg: 'no' }));
  const run = runCopy(call, remote);
  expect(run.isWhole).toBe(false);
  await run.reply;
  expect(requests).toHaveLength(limits.filesOnTheWayMax);
});

test('a tree without a slash keeps its name, and links stay links when they are not followed', () => {
  const walked = walkTree(fakeMachine(tree), '/t', false);
  expect(walked.files.map(({ relative }) => relative)).toEqual(['t/a', 't/sub/b']);
  expect(walked.directories).toEqual(['t/empty', 't/sub']);
  expect(walked.links).toEqual([
    { target: 'a', relative: 't/link' },
    { target: '..', relative: 't/sub/up' },
  ]);
});
