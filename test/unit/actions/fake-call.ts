/** Action calls over files that exist only in a record, and remotes that note what they are sent. */

import { createHash } from 'node:crypto';
import type {
  ActionCall,
  ActionReply,
  Remote,
  RequestExtras,
} from '../../../functions/host/actions/action.ts';
import type { DiskStat, LocalDisk } from '../../../functions/host/actions/local-disk.ts';
import type { LocalMachine, PlayContext } from '../../../functions/host/execute/play-context.ts';
import type { TaskKeywords } from '../../../functions/host/execute/task-keywords.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Play, Task } from '../../../shared/project/model.ts';
import { asTemplate } from '../../../shared/template/python/special.ts';
import { noAws } from '../no-aws.ts';
import { makeEnvironment } from '../template/recorded-cases.ts';

/** Contents by path; a path with a slash at its end is an empty directory, `-> x` as content a link to x. */
export type Files = Record<string, string>;

const LINK = '-> ';

/** A machine with these files. What actions write is added to the record. */
export function fakeMachine(files: Files): LocalMachine {
  const disk = fakeDisk(files);
  const read = (path: string): Uint8Array | undefined => {
    const content = files[resolved(files, path)];
    return content === undefined ? undefined : Buffer.from(content);
  };
  return {
    readFile: read,
    writeFile: () => undefined,
    stat: (path, followLinks) => disk.stat(path, followLinks),
    glob: () => [],
    environment: (name) => (name === 'HOME' ? '/home/me' : undefined),
    aws: noAws,
    realPath: (path) => resolved(files, path),
    fetch: () => Promise.resolve({ kind: 'failed', why: 'there is no network' }),
    run: () => Promise.resolve({ exitCode: 0, stdout: new Uint8Array() }),
    disk,
    terminal: { show: () => undefined, warn: () => undefined, wait: undefined },
  };
}

function resolved(files: Files, path: string): string {
  const plain = path.length > 1 ? path.replace(/\/$/, '') : path;
  for (const [link, content] of Object.entries(files)) {
    if (!content.startsWith(LINK) || !(plain === link || plain.startsWith(`${link}/`))) continue;
    const target = content.slice(LINK.length);
    const parent = link.slice(0, link.lastIndexOf('/'));
    const whole = target === '..' ? parent.slice(0, parent.lastIndexOf('/')) : `${parent}/${target}`;
    return resolved(files, whole + plain.slice(link.length));
  }
  return plain;
}

function fakeDisk(files: Files): LocalDisk {
  const isDirectory = (path: string): boolean =>
    Object.keys(files).some((each) => each.startsWith(path === '/' ? '/' : `${path}/`));
  const stat = (path: string, followLinks: boolean): DiskStat | undefined => {
    const plain = path.length > 1 ? path.replace(/\/$/, '') : path;
    if (!followLinks && files[plain]?.startsWith(LINK) === true) return statOf(plain, 'link', 0);
    const real = resolved(files, plain);
    const content = files[real];
    if (content !== undefined) return statOf(real, 'file', Buffer.byteLength(content));
    return isDirectory(real) ? statOf(real, 'directory', 0) : undefined;
  };
  const piece = (path: string): Uint8Array => Buffer.from(files[resolved(files, path)] ?? '');
  return {
    stat,
    list: (directory) => {
      const start = `${resolved(files, directory)}/`;
      const below = Object.keys(files).filter((path) => path.startsWith(start) && path !== start);
      return [...new Set(below.map((path) => path.slice(start.length).split('/')[0] ?? ''))].sort();
    },
    readLink: (path) => (files[path] ?? '').slice(LINK.length),
    pieces: (path) => [piece(path)],
    stream: async function* (path) {
      yield piece(path);
    },
    makeDirectories: () => undefined,
    replace: () => {
      const pieces: Uint8Array[] = [];
      return Promise.resolve({
        write: (bytes) => {
          pieces.push(bytes);
          return Promise.resolve();
        },
        commit: (path) => {
          files[path] = Buffer.concat(pieces).toString();
          return Promise.resolve();
        },
        discard: () => Promise.resolve(),
      });
    },
    hostName: () => 'here',
    userName: () => 'me',
  };
}

function statOf(path: string, kind: DiskStat['kind'], size: number): DiskStat {
  const inode = createHash('sha1').update(path).digest().readUInt32BE();
  return { kind, size, inode, device: 1, mode: 0o640, modifiedMs: 0, uid: 1000 };
}

export type FakeCall = {
  readonly args: Record<string, unknown>;
  readonly files?: Files;
  readonly vars?: Record<string, unknown>;
  readonly keywords?: Partial<TaskKeywords>;
};

/** A call of the action `name` in the playbook /project/site.yml, for host `web`. */
export function fakeCall(name: string, { args, files = {}, vars = {}, keywords = {} }: FakeCall): ActionCall {
  const machine = fakeMachine(files);
  const position = { file: '/project/site.yml', line: 3, column: 7 };
  const play = parsePart<Play>({ kind: 'play', directory: '/project', keywords: {}, position });
  const rendered = toDict(args);
  const task = parsePart<Task>({
    kind: 'task',
    action: name,
    args: rendered,
    keywords: {},
    parent: play,
    position,
  });
  return {
    name,
    action: name,
    args: rendered,
    env: { ...makeEnvironment(vars, {}, false), local: machine },
    task,
    keywords: parsePart<TaskKeywords>({
      isCheckMode: false,
      isDiff: false,
      noLog: false,
      become: false,
      ...keywords,
    }),
    context: parsePart<PlayContext>({ local: machine, config: () => undefined, play, now: () => 0 }),
    host: 'web',
  };
}

/** What of a type a test needs. */
function parsePart<T>(part: Partial<T>): T {
  return part as T;
}

export function toDict(data: Record<string, unknown>): Dict {
  return new Map(Object.entries(data).map(([name, each]) => [name, toValue(each)]));
}

export type NotedRequest = { readonly module: string; readonly args: Dict; readonly extras: RequestExtras };

/** A remote that notes requests and answers each with what `answer` gives. */
export function fakeRemote(answer: (request: NotedRequest) => ActionReply): {
  readonly remote: Remote;
  readonly requests: NotedRequest[];
} {
  const requests: NotedRequest[] = [];
  const remote: Remote = {
    run: (module, args, extras = {}) => {
      const request = { module, args, extras };
      requests.push(request);
      return Promise.resolve(answer(request));
    },
    raw: () => Promise.reject(new Error('no command was expected')),
    reset: () => Promise.resolve(),
    probe: () => Promise.resolve(),
    sleep: () => Promise.resolve(),
  };
  return { remote, requests };
}

/** A result as plain data. */
export function plain(reply: ActionReply): unknown {
  return reply === 'discarded' ? reply : plainValue(reply);
}

export function plainValue(value: Value): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, each]) => [String(key), plainValue(each)]));
  return value;
}

/** Plain data as playbooks hold it: texts with markers are templates. */
function toValue(data: unknown): Value {
  if (typeof data === 'string') return asTemplate(data);
  if (typeof data === 'boolean' || typeof data === 'number') return data;
  if (Array.isArray(data)) return data.map(toValue);
  if (typeof data !== 'object' || data === null) return null;
  return new Map(Object.entries(data).map(([name, each]) => [name, toValue(each)]));
}
