/** The context of the first play of `/play/site.yml`, in a project of which only the given files exist. */

import type { LocalDisk } from '../../../functions/host/actions/local-disk.ts';
import { noVars } from '../../../functions/host/execute/host-state.ts';
import type { PlayContext } from '../../../functions/host/execute/play-context.ts';
import { systemClock } from '../../../shared/base/clock.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { playNodes } from '../../../shared/plan/play-nodes.ts';
import { loadIncludedRole, loadIncludedTasks } from '../../../shared/project/load-included.ts';
import { loadPlaybook } from '../../../shared/project/load-playbook.ts';
import type { LoadDeps } from '../../../shared/project/loading.ts';
import type { Play } from '../../../shared/project/model.ts';
import type { LocalPort } from '../../../shared/template/environment.ts';
import { loadDeps } from '../project/load-deps.ts';

/** Texts by absolute path. What lookups write is added. */
export type FakeFiles = Readonly<Record<string, string>>;

/** The play as a host sees it; both hosts, web and db, are in it. */
export function fakeContext(project: FakeFiles, overrides: Partial<PlayContext> = {}): PlayContext {
  const files = new Map(Object.entries(project));
  const deps = fakeDeps(files);
  const play = loadPlay(deps);
  const { environment } = deps;
  const groups: Dict = new Map<Value, Value>([['all', ['web', 'db']]]);
  return {
    play,
    nodes: playNodes(play, { gathersFacts: false, forceHandlers: false }),
    handlers: play.handlers,
    settings,
    config: () => undefined,
    configFile: undefined,
    renderOptions: environment.options,
    extraVars: new Map(),
    promptVars: new Map(),
    inventory: {
      hosts: () => ['web', 'db'],
      hasHost: (name) => ['web', 'db'].includes(name),
      groups: () => groups,
      groupNames: () => [],
      vars: () => new Map<Value, Value>([['ansible_host', '192.0.2.1']]),
      sourceOf: () => undefined,
      after: notHere,
    },
    hosts: { all: ['web', 'db'], active: ['web', 'db'], batch: ['web', 'db'] },
    isSmartGathering: false,
    isLockStep: false,
    varsOf: () => noVars,
    include: {
      tasks: (file, include) => loadIncludedTasks(file, include, deps),
      role: (role, include) => loadIncludedRole(role, include, deps),
    },
    local: {
      ...fakeLocal(files, environment.local),
      disk: fakeDisk(files),
      terminal: { show: () => undefined, warn: () => undefined, wait: undefined },
    },
    decrypt: environment.decrypt,
    parseYaml: environment.parseYaml,
    now: systemClock.now,
    randomBytes: systemClock.randomBytes,
    ...overrides,
  };
}

const settings: PlayContext['settings'] = {
  isCheckMode: false,
  isDiff: false,
  noLog: false,
  verbosity: 0,
  tags: ['all'],
  skipTags: [],
  become: false,
  becomeUser: undefined,
  becomeMethod: undefined,
  becomePassword: undefined,
  connection: undefined,
  connectionPassword: undefined,
  remoteUser: undefined,
  localUser: 'me',
  privateKeyFile: undefined,
  sshArguments: [],
  timeoutSeconds: 10,
  limit: undefined,
  inventorySources: [],
  forks: 5,
  forceHandlers: false,
};

function fakeDeps(files: ReadonlyMap<string, string>): LoadDeps {
  const deps = loadDeps('/play');
  const isDirectory = (path: string): boolean =>
    [...files.keys()].some((name) => name.startsWith(`${path}/`));
  return {
    ...deps,
    rolesPath: ['/play/roles'],
    files: {
      ...deps.files,
      read: (path) => textAt(files, path),
      kind: (path) => (files.has(path) ? 'file' : isDirectory(path) ? 'directory' : undefined),
      list: (path) => [
        ...new Set(
          [...files.keys()]
            .filter((name) => name.startsWith(`${path}/`))
            .map((name) => name.slice(path.length + 1).replace(/\/.*/, '')),
        ),
      ],
    },
  };
}

function fakeDisk(files: ReadonlyMap<string, string>): LocalDisk {
  return {
    stat: (path) =>
      files.has(path)
        ? { kind: 'file', size: 0, inode: 1, device: 1, mode: 0o644, modifiedMs: 0, uid: 0 }
        : undefined,
    list: () => [],
    readLink: notHere,
    pieces: (path) => [textAt(files, path) ?? notHere()],
    stream: notHere,
    makeDirectories: notHere,
    replace: notHere,
    hostName: () => 'here',
    userName: () => undefined,
  };
}

function fakeLocal(files: Map<string, string>, local: LocalPort): LocalPort {
  return {
    ...local,
    readFile: (path) => textAt(files, path),
    writeFile: (path, content) => {
      files.set(path, Buffer.from(content).toString('utf8'));
    },
    stat: (path) =>
      files.has(path) ? { kind: 'file', size: files.get(path)?.length ?? 0, inode: 1, device: 1 } : undefined,
  };
}

function textAt(files: ReadonlyMap<string, string>, path: string): Uint8Array | undefined {
  const text = files.get(path);
  return text === undefined ? undefined : Buffer.from(text);
}

function loadPlay(deps: LoadDeps): Play {
  const { value, diagnostics } = loadPlaybook('/play/site.yml', deps);
  const [play] = value.plays;
  if (play === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return play;
}

function notHere(): never {
  throw new Error('nothing of this is here');
}
