/** Sessions with kept agents over real SSH, for tests that end connections in all the ways they can end. */

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { openConnection } from '../../functions/host/session/connection.ts';
import type {
  Connection,
  ConnectionTarget,
  KeepOptions,
  KeptAgent,
  Reply,
  Session,
  SessionRequest,
} from '../../functions/host/session/session.ts';
import { stdoutOf, testDeps } from './session-deps.ts';
import type { Sshd } from './sshd.ts';

export type KeptSession = Session & { readonly found: KeptAgent; readonly connection: Connection };

export type Keeping = {
  readonly target: ConnectionTarget;
  /** A file of this test. */
  readonly file: (name: string) => string;
  readonly open: (changes?: Partial<KeepOptions>) => Connection;
  /** A session that knows which agent it has. */
  readonly session: (changes?: Partial<KeepOptions>) => Promise<KeptSession>;
  /** A command line that appends a number to the log and prints it. */
  readonly append: (number: number) => string;
  /** What was appended. */
  readonly log: () => string;
  /** A command line that says it has begun and goes on when `go` is called. */
  readonly waiting: () => string;
  readonly hasBegun: () => Promise<void>;
  readonly go: () => void;
  /** Ends the agent and forgets the files. */
  readonly end: () => Promise<void>;
};

/** Everything for one test: an agent's name and a directory of its own. */
export function startKeeping(sshd: Sshd, more: Partial<ConnectionTarget> = {}): Keeping {
  const name = randomBytes(16).toString('hex');
  const directory = path.join(sshd.directory, name);
  const keep = { name, idleSeconds: 30, busySeconds: 60 };
  const target = { ...sshd.target, ...more, keep };
  const connections: Connection[] = [];
  const file = (wanted: string): string => path.join(directory, wanted);
  const open = (changes: Partial<KeepOptions> = {}): Connection => {
    const connection = openConnection({ ...target, keep: { ...keep, ...changes } }, testDeps());
    connections.push(connection);
    return connection;
  };
  mkdirSync(directory, { mode: 0o777 });
  return {
    target,
    file,
    open,
    session: async (changes) => {
      const connection = open(changes);
      const session = await connection.session();
      const found = await session.kept;
      if (found === undefined) throw new Error(`no agent: ${(await session.ended)?.message}`);
      return { ...session, found, connection };
    },
    append: (number) => `echo ${number} | tee -a ${file('log')}`,
    log: () =>
      existsSync(file('log')) ? readFileSync(file('log'), 'utf8').trim().split('\n').join(' ') : '',
    waiting: () => `touch ${file('begun')}; while ! [ -e ${file('go')} ]; do sleep 0.02; done`,
    hasBegun: () => until(() => existsSync(file('begun'))),
    go: () => writeFileSync(file('go'), ''),
    end: async () => {
      // Whoever comes last has the agent, and ends it.
      await (await open().session()).kept;
      for (const connection of connections.reverse()) await connection.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Runs a command line whose key is the line itself. */
export function keyed(session: Session, line: string, more: Partial<SessionRequest> = {}): Promise<Reply> {
  return session.run({ module: 'shell', args: new Map([['_raw_params', line]]), key: line, ...more });
}

export async function agentPid(session: Session): Promise<number> {
  return Number(
    stdoutOf(await session.run({ module: 'shell', args: new Map([['_raw_params', 'echo $PPID']]) })),
  );
}

export function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

export async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 60_000 }).toBe(true);
}

/** Ends the server's processes for connections, and not the server. */
export function killConnections(sshd: Sshd): void {
  const server = readFileSync(path.join(sshd.directory, 'sshd.pid'), 'utf8').trim();
  const children = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').trim();
  for (const pid of children.split(' ').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
}
