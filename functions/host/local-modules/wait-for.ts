/** `wait_for`: waits for a port, a file, a text in either, the end of one of them, or for a time. */

import { accessSync, readFileSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { Dict, Value } from '../../../shared/base/value.ts';
import {
  compilePattern,
  type Match,
  type Pattern,
  searchPattern,
} from '../../../shared/template/python/regex.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { decodeSurrogateEscape } from '../session/surrogate-escape.ts';
import { withPathInfo } from './file-state.ts';
import { type LocalContext, type LocalModule, ModuleFailure } from './local-module.ts';
import { at } from './local-path.ts';
import { type ArgumentRules, checkModuleArguments, type Params } from './module-arguments.ts';
import { tried } from './os-error.ts';

const STATES = ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'];

const RULES: ArgumentRules = {
  host: { default: '127.0.0.1' },
  timeout: { type: 'int', default: 300 },
  connect_timeout: { type: 'int', default: 5 },
  delay: { type: 'int', default: 0 },
  port: { type: 'int' },
  active_connection_states: { type: 'list', elements: 'str', default: STATES },
  path: { type: 'path' },
  search_regex: {},
  state: { default: 'started', choices: ['absent', 'drained', 'present', 'started', 'stopped'] },
  exclude_hosts: { type: 'list', elements: 'str' },
  sleep: { type: 'int', default: 1 },
  msg: {},
};

/**
 * Gives what the search found when the wait is over; fails when the time is. A wait that an earlier run has begun goes on
 * with what is left of its time.
 */
export const waitFor: LocalModule = async (args, context) => {
  const params = checkModuleArguments({ module: 'wait_for', rules: RULES }, args, context);
  if (context.isCheck)
    return new Map<Value, Value>([
      ['skipped', true],
      ['msg', 'remote module (wait_for) does not support check mode'],
    ]);
  const pattern = patternOf(params);
  refuseContradictions(params);
  const wait = new Wait(params, pattern, context);
  await wait.sleepUntil(params.number('delay'));
  const state = params.givenText('state');
  if (!params.number('port') && !params.text('path'))
    await wait.sleepUntil(params.number('delay') + params.number('timeout'));
  else if (!(await wait.poll(state === 'absent' || state === 'stopped')))
    throw new ModuleFailure(params.text('msg') || timeoutText(params), [['elapsed', wait.elapsed()]]);
  const named = ['state', 'port', 'search_regex', 'path'].map((name) => [name, params.value(name)] as const);
  return withPathInfo(
    context,
    new Map<Value, Value>([
      ...named,
      [
        'match_groups',
        wait.match === undefined ? [] : wait.match.groups.slice(1).map((text) => text ?? null),
      ],
      ['match_groupdict', namedGroups(pattern, wait.match)],
      ['elapsed', wait.elapsed()],
    ]),
  );
};

function namedGroups(pattern: Pattern | undefined, match: Match | undefined): Dict {
  if (pattern === undefined || match === undefined) return new Map();
  return new Map([...pattern.groupNames].map(([name, number]) => [name, match.groups[number] ?? null]));
}

function patternOf(params: Params): Pattern | undefined {
  const text = params.text('search_regex');
  if (!text) return undefined;
  try {
    return compilePattern(text, { multiline: true });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new ModuleFailure(`Invalid regular expression: ${error.message}`);
  }
}

function refuseContradictions(params: Params): void {
  const path = params.text('path');
  const state = params.givenText('state');
  const unknown = params.list('active_connection_states')?.find((name) => !STATES.includes(String(name)));
  const text =
    params.number('port') && path
      ? 'port and path parameter can not both be passed to wait_for'
      : path && (state === 'stopped' || state === 'drained')
        ? `state=${state} should only be used for checking a port in the wait_for module`
        : params.value('exclude_hosts') !== null && state !== 'drained'
          ? 'exclude_hosts should only be with state=drained'
          : unknown !== undefined
            ? `unknown active_connection_state (${String(unknown)}) defined`
            : state === 'drained'
              ? 'a function cannot see the connections of its machine: state=drained needs a host with Python'
              : undefined;
  if (text !== undefined) throw new ModuleFailure(text, [['elapsed', 0]]);
}

function timeoutText(params: Params): string {
  const port = params.number('port');
  const target = `${params.text('host')}:${port}`;
  const path = params.text('path');
  const search = params.text('search_regex');
  const state = params.text('state');
  const head = 'Timeout when waiting for ';
  if (state === 'absent' || state === 'stopped')
    return head + (port ? `${target} to stop.` : `${path} to be absent.`);
  if (search) return `${head}search string ${search} in ${port ? target : path}`;
  return head + (port ? target : `file ${path}`);
}

/** One wait: what is looked for, until when, and what the search found. */
class Wait {
  match: Match | undefined;
  readonly #params: Params;
  readonly #pattern: Pattern | undefined;
  readonly #context: LocalContext;
  readonly #endMs: number;
  readonly #hasTime: boolean;

  constructor(params: Params, pattern: Pattern | undefined, context: LocalContext) {
    this.#params = params;
    this.#pattern = pattern;
    this.#context = context;
    this.#endMs = context.begunAtMs + params.number('timeout') * 1000;
    this.#hasTime = params.number('delay') < params.number('timeout');
  }

  elapsed(): number {
    return Math.floor((this.#context.clock.now() - this.#context.begunAtMs) / 1000);
  }

  /** Sleeps until so many seconds after the beginning. */
  async sleepUntil(seconds: number): Promise<void> {
    const { begunAtMs, clock, signal } = this.#context;
    const leftMs = begunAtMs + seconds * 1000 - clock.now();
    if (leftMs > 0) await clock.sleep(leftMs, signal);
  }

  /** Tries until it is so, or until the time is over; gives whether it is so. */
  async poll(isGone: boolean): Promise<boolean> {
    const { clock, signal } = this.#context;
    // Whoever goes on with a wait whose time has passed meanwhile looks once more.
    for (let isLook = this.#hasTime; isLook; isLook = clock.now() < this.#endMs) {
      if (await (isGone ? this.#isGone() : this.#isThere())) return true;
      await clock.sleep(this.#params.number('sleep') * 1000, signal);
    }
    return false;
  }

  async #isGone(): Promise<boolean> {
    const path = this.#params.text('path');
    if (path) return 'problem' in tried(() => accessSync(at(this.#context, path)));
    const socket = await this.#connect(this.#params.number('connect_timeout') * 1000);
    socket?.destroy();
    return socket === undefined;
  }

  #isThere(): boolean | Promise<boolean> {
    const path = this.#params.text('path');
    return path ? this.#isFileThere(path) : this.#isPortThere();
  }

  #isFileThere(path: string): boolean {
    const found = tried(() => statSync(at(this.#context, path)));
    if ('problem' in found) {
      if (found.problem.code === 'ENOENT') return false;
      const text = this.#params.text('msg') || `Failed to stat ${path}, ${found.problem.text}`;
      throw new ModuleFailure(text, [['elapsed', this.elapsed()]]);
    }
    if (this.#pattern === undefined) return true;
    const read = tried(() => readFileSync(at(this.#context, path)));
    return 'value' in read && this.#search(read.value);
  }

  #search(bytes: Uint8Array): boolean {
    if (this.#pattern === undefined) return true;
    this.match = searchPattern(this.#pattern, decodeSurrogateEscape(bytes));
    return this.match !== undefined;
  }

  async #isPortThere(): Promise<boolean> {
    const leftMs = Math.max(this.#endMs - this.#context.clock.now(), 1);
    const secondsMs = this.#params.number('connect_timeout') * 1000;
    const socket = await this.#connect(Math.min(secondsMs, Math.ceil(leftMs / 1000) * 1000));
    if (socket === undefined) return false;
    try {
      return this.#pattern === undefined || (await this.#isTextSent(socket));
    } finally {
      // What a port says is no part of the result, as in Ansible.
      this.match = undefined;
      socket.destroy();
    }
  }

  #connect(timeoutMs: number): Promise<Socket | undefined> {
    const { promise, resolve } = Promise.withResolvers<Socket | undefined>();
    const { signal } = this.#context;
    const socket = connect({ host: this.#params.givenText('host'), port: this.#params.number('port') });
    const end = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    const timer = setTimeout(end, timeoutMs);
    signal.addEventListener('abort', end, { once: true });
    socket.once('connect', () => resolve(socket));
    socket.on('error', end);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    });
  }

  async #isTextSent(socket: Socket): Promise<boolean> {
    const { clock, signal } = this.#context;
    const end = (): void => {
      socket.destroy();
    };
    const timer = setTimeout(end, Math.max(this.#endMs - clock.now(), 1));
    signal.addEventListener('abort', end, { once: true });
    let received = Buffer.alloc(0);
    try {
      for await (const piece of socket) {
        received = Buffer.concat([received, piece]);
        if (this.#search(received)) return true;
      }
    } catch {
      // Whatever ended it, the text has not come.
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
    return false;
  }
}
