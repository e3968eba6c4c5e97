/** Lookups that reach processes, files to write and the memory of a task. */

import { describe, expect, test } from 'vitest';
import type { Value } from '../../../shared/base/value.ts';
import { builtins } from '../../../shared/template/builtins.ts';
import type { Environment, LocalPort, TaskMemory, WebRequest } from '../../../shared/template/environment.ts';
import { lookupTable } from '../../../shared/template/lookups/table.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { Suspension } from '../../../shared/template/template-error.ts';
import { makeCaseEnvironment } from './filter-cases.ts';
import { settle } from './settle.ts';

/** A memory that suspends once for each key, as that of a task does. */
function makeMemory(): TaskMemory {
  const answers = new Map<string, { value: Value } | { error: unknown }>();
  const recall = (key: string): Value | undefined => {
    const answer = answers.get(key);
    if (answer !== undefined && 'error' in answer) throw answer.error;
    return answer?.value;
  };
  return {
    once: (key, ask) => {
      const value = recall(key) ?? ask();
      answers.set(key, { value });
      return value;
    },
    later: (key, ask) => {
      const known = recall(key);
      if (known !== undefined) return known;
      const settled = ask().then(
        (value) => answers.set(key, { value }),
        (error: unknown) => answers.set(key, { error }),
      );
      throw new Suspension(settled, key);
    },
  };
}

function makeEnvironment(local: Partial<LocalPort>): Environment {
  const env = makeCaseEnvironment('/play', new Map());
  let counter = 0;
  return {
    ...env,
    local: { ...env.local, ...local },
    memory: makeMemory(),
    randomBytes: (length) => Uint8Array.from({ length }, () => counter++ % 251),
  };
}

function call(
  env: Environment,
  name: string,
  terms: Value[],
  options: ReadonlyMap<string, Value> = new Map(),
): Value[] {
  const lookup = lookupTable.get(name);
  if (lookup === undefined) throw new Error(`no lookup ${name}`);
  return lookup.call(env, terms, options);
}

describe('commands', () => {
  const commands: string[] = [];
  const run: LocalPort['run'] = async (command, cwd) => {
    commands.push(`${cwd}$ ${command}`);
    return { exitCode: command === 'false' ? 1 : 0, stdout: Buffer.from('one\ntwo \n\n') };
  };

  test('run in the directory of the playbook, once however often a task is rendered', async () => {
    const env = makeEnvironment({ run });
    const piped = await settle(() => call(env, 'pipe', ['date', 'date']));
    expect(piped).toEqual(['one\ntwo', 'one\ntwo']);
    expect(commands).toEqual(['/play$ date']);
  });

  test('give their lines', async () => {
    const env = makeEnvironment({ run });
    expect(await settle(() => call(env, 'lines', ['ls']))).toEqual(['one', 'two ', '']);
  });

  test('fail with their exit code', async () => {
    const env = makeEnvironment({ run });
    await expect(settle(() => call(env, 'pipe', ['false']))).rejects.toThrow(
      'lookup_plugin.pipe(false) returned 1',
    );
  });
});

describe('pages', () => {
  const asked: WebRequest[] = [];
  const fetch: LocalPort['fetch'] = async (request) => {
    asked.push(request);
    if (request.url.endsWith('/gone'))
      return { kind: 'answered', status: 404, reason: 'Not Found', content: Buffer.from('gone') };
    if (request.url.endsWith('/dead')) return { kind: 'failed', why: '[Errno 111] Connection refused' };
    return { kind: 'answered', status: 200, reason: 'OK', content: Buffer.from('one\r\ntwo\n') };
  };

  test('give their lines, or their text', async () => {
    const env = makeEnvironment({ fetch });
    expect(await settle(() => call(env, 'url', ['http://h/a']))).toEqual(['one', 'two']);
    const whole = new Map<string, Value>([['split_lines', false]]);
    expect(await settle(() => call(env, 'url', ['http://h/a'], whole))).toEqual(['one\r\ntwo\n']);
    expect(asked).toHaveLength(1);
  });

  test('are asked for as the options say', async () => {
    const env = makeEnvironment({ fetch });
    const options = new Map<string, Value>([
      ['headers', new Map([['x-a', 1]])],
      ['username', 'bob'],
      ['password', 'pw'],
      ['force', 'yes'],
      ['timeout', 3],
      ['validate_certs', false],
      ['follow_redirects', 'none'],
    ]);
    await settle(() => call(env, 'url', ['https://h/b'], options));
    expect(asked.at(-1)).toMatchObject({
      headers: { 'user-agent': 'ansible-httpget', 'cache-control': 'no-cache', 'x-a': '1' },
      credentials: { user: 'bob', password: 'pw' },
      timeoutMs: 3000,
      isCertificateChecked: false,
      mayRedirect: false,
      sendsCredentialsAtOnce: false,
    });
  });

  test('fail in the words of Ansible', async () => {
    const env = makeEnvironment({ fetch });
    await expect(settle(() => call(env, 'url', ['http://h/gone']))).rejects.toThrow(
      'Received HTTP error for http://h/gone : HTTP Error 404: Not Found',
    );
    await expect(settle(() => call(env, 'url', ['http://h/dead']))).rejects.toThrow(
      'Failed lookup url for http://h/dead : <urlopen error [Errno 111] Connection refused>',
    );
  });
});

test('merge_variables merges those of all hosts in a group', () => {
  const host = (group: string, part: string): Value =>
    new Map<Value, Value>([
      ['group_names', [group]],
      ['my_parts', [part]],
      ['other', 5],
    ]);
  const hostvars = new Map<Value, Value>([
    ['a', host('web', 'one')],
    ['b', host('db', 'two')],
    ['c', host('web', 'three')],
  ]);
  const env = makeCaseEnvironment('/play', new Map<string, Value>([['hostvars', hostvars]]));
  const merge = builtins.lookups.get('community.general.merge_variables');
  const of = (groups: Value): unknown =>
    merge?.call(
      env,
      ['^my_'],
      new Map<string, Value>([
        ['groups', groups],
        ['initial_value', ['zero']],
      ]),
    );
  expect(of(['web'])).toEqual([['zero', 'one', 'three']]);
  expect(of('all')).toEqual([['zero', 'one', 'two', 'three']]);
  expect(of(['none'])).toEqual([['zero']]);
});

describe('names of hosts', () => {
  test('are asked for once a task', async () => {
    const asked: string[] = [];
    const isResolvable = async (host: string): Promise<boolean> => {
      asked.push(host);
      return host === 'there';
    };
    const env = makeEnvironment({ isResolvable });
    const resolvable = builtins.tests.get('ansible.utils.resolvable');
    const ask = (host: string): Promise<unknown> => settle(() => resolvable?.call(env, host));
    expect([await ask('there'), await ask('gone'), await ask('there')]).toEqual([true, false, true]);
    expect(asked).toEqual(['there', 'gone']);
  });
});

describe('password', () => {
  function makeDisk(files: Map<string, string>): Environment {
    return makeEnvironment({
      readFile: (path) => {
        const text = files.get(path);
        return text === undefined ? undefined : Buffer.from(text);
      },
      writeFile: (path, content, mode) =>
        files.set(`${path} ${mode.toString(8)}`, Buffer.from(content).toString()),
    });
  }

  test('is made and kept beside the playbook, for its owner only', () => {
    const files = new Map<string, string>();
    const [password] = call(makeDisk(files), 'password', ['secrets/db length=12']);
    expect(password).toMatch(/^[a-zA-Z0-9.,:_-]{12}$/);
    expect([...files]).toEqual([['/play/secrets/db 600', `${String(password)}\n`]]);
  });

  test('is read back, with its salt', () => {
    const files = new Map([['/play/db', 'hunter2 salt=abcdefgh\n']]);
    const env = makeDisk(files);
    expect(call(env, 'password', ['db'])).toEqual(['hunter2']);
    const options = new Map<string, Value>([['encrypt', 'md5_crypt']]);
    expect(call(env, 'password', ['db'], options)).toEqual(['$1$abcdefgh$vhxKZ/s1ygZHyCEDPyqtQ/']);
    expect(files.size).toBe(1);
  });

  test('gets a salt when it is to be encrypted and has none', () => {
    const files = new Map([['/play/db', 'hunter2\n']]);
    call(makeDisk(files), 'password', ['db encrypt=md5_crypt']);
    expect(files.get('/play/db 600')).toMatch(/^hunter2 salt=[a-zA-Z0-9./]{8}\n$/);
  });

  test('is kept with the version of bcrypt that it was last hashed with', () => {
    const salt = 'abcdefghijklmnopqrstuu';
    const files = new Map([['/play/db', `hunter2 salt=${salt} ident=2a\n`]]);
    const [asked] = call(makeDisk(files), 'password', ['db encrypt=bcrypt ident=2a']);
    expect(asked).toMatch(/^\$2a\$12\$abcdefghijklmnopqrstuu/);
    expect(files.size).toBe(1);
    const [usual] = call(makeDisk(files), 'password', ['db encrypt=bcrypt']);
    expect(usual).toMatch(/^\$2b\$12\$abcdefghijklmnopqrstuu/);
    expect(files.get('/play/db 600')).toBe(`hunter2 salt=${salt} ident=2b\n`);
  });
});

test('a random choice stays the same when a task is rendered again', () => {
  const env = makeEnvironment({});
  const terms = Array.from({ length: 200 }, (_, index) => index);
  expect(call(env, 'random_choice', terms)).toEqual(call(env, 'random_choice', terms));
});

test('data that a template prints are printed as Python prints them, where types are native but not for the lookup', () => {
  const directory = new URL('../../cases/filters', import.meta.url).pathname;
  const env = makeCaseEnvironment(directory, new Map());
  const native = { ...env, options: { ...env.options, native: true } };
  const texts = ['{{ [1, "a"] }}\n', '{{ 5 }}\n'].map((source) => {
    const local = { ...native.local, readFile: () => Buffer.from(source) };
    return str(call({ ...native, local }, 'template', ['list.j2'])[0] ?? null);
  });
  expect(texts).toEqual(["[1, 'a']", '5\n']);
});
