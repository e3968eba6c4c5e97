/** Ansible's own modules and users' modules of every kind run unmodified in the agent. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Dict, Value } from '../../shared/base/value.ts';
import { findCoreDirectory } from '../../shared/modules/core-directory.ts';
import type { ModuleDeps, ModuleSearch } from '../../shared/modules/module-search.ts';
import { openModules } from '../../shared/modules/open-modules.ts';
import { type Asked, PYTHONS, startAgent, type TestAgent } from './agent-driver.ts';

const CASES = join(import.meta.dirname, '../cases/foreign');

function orUndefined<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const deps: ModuleDeps = {
  read: (path) => orUndefined(() => readFileSync(path)),
  list: (path) => orUndefined(() => readdirSync(path)) ?? [],
  parseYaml: (text) => parse(text) as unknown,
};

const coreDirectory = findCoreDirectory({
  list: deps.list,
  homeDirectory: homedir(),
  named: process.env.SORTIE_ANSIBLE_CORE,
  askPython: (program) => orUndefined(() => execFileSync('python3', ['-c', program], { encoding: 'utf8' })),
});

const search: ModuleSearch = {
  libraries: [join(CASES, 'library')],
  moduleUtils: [join(CASES, 'module_utils')],
  collectionsPaths: [],
  collections: [],
  coreDirectory,
};

const modules = openModules(deps);

/** The result as plain data. */
function plain(value: Value | undefined): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

type Options = Omit<Asked, 'args' | 'module'>;

async function runModule(
  agent: TestAgent,
  name: string,
  args: Record<string, Value>,
  options: Options = {},
): Promise<unknown> {
  const lookup = modules.find(name, search);
  if (lookup.kind !== 'found') throw new Error(`${name} is ${lookup.kind}`);
  const bundles = modules.bundle(lookup.module, search);
  for (const bundle of bundles) agent.send({ t: 'load', name: bundle.name, kind: bundle.kind }, bundle.blob);
  const dict: Dict = new Map(Object.entries(args));
  const frame = await agent.run({ ...options, module: bundles.at(-1)?.name ?? '', args: dict });
  return frame.t === 'result' ? plain(frame.result) : frame;
}

describe.each(PYTHONS)('foreign modules under %s', (python) => {
  let agent: TestAgent;
  const run = (name: string, args: Record<string, Value>, options?: Options): Promise<unknown> =>
    runModule(agent, name, args, options);

  beforeEach(async () => {
    agent = await startAgent(python);
  });

  afterEach(() => void agent.process.kill('SIGKILL'));

  test('one that wants JSON gets a file of it', async () => {
    expect(await run('wants_json', { name: 'a "b"' })).toMatchObject({
      changed: true,
      args: { name: 'a "b"' },
    });
  });

  test('an old one gets a file of words', async () => {
    expect(await run('old_style', { name: 'a $b' })).toMatchObject({ text: 'a $b', me: 'old_style' });
  });

  test('one can have its arguments put into its source', async () => {
    expect(await run('json_args', { name: 'x' })).toMatchObject({ args: { name: 'x' }, words: 0 });
  });

  test("an old one in Python runs under the agent's Python", async () => {
    expect(await run('old_python', { name: 'x' })).toMatchObject({ python: 3 });
  });

  test('an interpreter that is not there is named', async () => {
    expect(await run('no_interpreter', {})).toMatchObject({
      failed: true,
      rc: 127,
      msg: 'The module failed to execute correctly, you probably need to set the interpreter.\nSee stdout/stderr for the exact error',
    });
  });

  test('a return code alone is a failure', async () => {
    expect(await run('fails_by_rc', {})).toMatchObject({ rc: 3 });
    expect(await agent.run({ module: 'ping' })).toMatchObject({ t: 'result', epoch: 1 });
  });

  test('leaves no directory behind', async () => {
    const place = join(homedir(), '.ansible/tmp');
    const before = deps.list(place).length;
    await run('old_style', { name: 'x' });
    expect(deps.list(place).length).toBe(before);
  });

  describe.runIf(coreDirectory !== undefined)('with ansible-core', () => {
    test('one in Python finds its module_utils, and nothing of the agent', async () => {
      expect(
        await run('own_python', { name: 'you', _ansible_version: '2.14.18' }, { check: true }),
      ).toMatchObject({
        text: 'hello you!',
        check: true,
        version: '2.14.18',
        main: [],
        descriptors: [],
        changed: false,
      });
    });

    test('the line of old modules is an import', async () => {
      expect(await run('replaced_import', { name: 'x' })).toMatchObject({ text: 'x' });
    });

    test('text around the result is tolerated', async () => {
      expect(await run('own_python', { name: 'you', how: 'print' })).toMatchObject({
        text: 'hello you!',
        warnings: ['Module invocation had junk after the JSON data: after'],
      });
    });

    test('a failure hides what no_log covers', async () => {
      expect(await run('own_python', { name: 'you', how: 'fail', word: 'sesame' })).toMatchObject({
        failed: true,
        msg: 'as asked',
        word: 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER',
      });
    });

    test('an exception shows its place in the module', async () => {
      const result = await run('own_python', { name: 'you', how: 'raise' });
      expect(result).toMatchObject({
        failed: true,
        rc: 1,
        msg: 'MODULE FAILURE\nSee stdout/stderr for the exact error',
      });
      expect(JSON.stringify(result)).toMatch(
        /own_python\.py\\", line 16, in main.*raise ValueError\('as asked'\).*ValueError: as asked/,
      );
    });

    test('the end of one without a result is reported', async () => {
      expect(await run('own_python', { name: 'you', how: 'silent' })).toMatchObject({ failed: true, rc: 5 });
      expect(await run('own_python', { name: 'you', how: 'signal' })).toMatchObject({ failed: true, rc: -9 });
    });

    test.runIf(process.getuid?.() === 0 && !python.startsWith(homedir()))(
      'other users run it too',
      async () => {
        const become = { method: 'sudo', user: 'nobody' };
        expect(await run('own_python', { name: 'you' }, { become })).toMatchObject({
          text: 'hello you!',
          descriptors: [],
        });
        expect(await run('old_style', { name: 'you' }, { become })).toMatchObject({ text: 'you' });
      },
    );

    test('one can start itself again under another Python', async () => {
      expect(await run('respawns', { name: 'you' })).toMatchObject({ text: 'hello you!', respawned: true });
    });

    test('its temporary directory is removed', async () => {
      const result = await run('own_python', { name: 'you', how: 'tmpdir' });
      expect(result).toHaveProperty('path');
      expect(existsSync((result as { readonly path: string }).path)).toBe(false);
    });

    test('a process that it leaves behind does not hold it up', async () => {
      const start = Date.now();
      expect(await run('own_python', { name: 'you', how: 'leave' })).toMatchObject({ text: 'hello you!' });
      expect(Date.now() - start).toBeLessThan(10_000);
    });

    test('a timeout ends it', async () => {
      expect(await run('wait_for', { timeout: 60 }, { timeout: 0.5 })).toMatchObject({
        t: 'error',
        kind: 'timed-out',
      });
    });

    test.each(['getent', 'group', 'user', 'setup', 'apt', 'service', 'cron'])(
      '%s can be started',
      async (name) => {
        const result = await run(name, { no_such_argument: 1 });
        expect(result).toMatchObject({ failed: true });
        expect(JSON.stringify(result)).toMatch(/Unsupported parameters|missing required|python3-apt/);
      },
    );

    test("another Python than the agent's can be asked for", async () => {
      expect(await run('own_python', { name: 'you' }, { interpreter: '/usr/bin/env python3' })).toMatchObject(
        {
          text: 'hello you!',
        },
      );
    });
  });
});
