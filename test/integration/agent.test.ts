/** The agent's loop as a host sees it: order, failures, content, time, other users, the end. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dict } from '../../shared/base/value.ts';
import type { FromAgent } from '../../shared/wire/agent-frame.ts';
import { PYTHONS, payload, startAgent, type TestAgent } from './agent-driver.ts';

const IS_ROOT = process.getuid?.() === 0;

function resultOf(frame: FromAgent | undefined): Dict {
  if (frame?.t !== 'result') throw new Error(`no result: ${JSON.stringify(frame)}`);
  return frame.result;
}

function command(line: string): { readonly module: string; readonly args: Dict } {
  return { module: 'shell', args: new Map([['_raw_params', line]]) };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a Python that is too old hands over to the next candidate', () => {
  const old = mkdtempSync(join(tmpdir(), 'agent-'));
  // Says that it is Python 2.7, and for the rest is the one of the system.
  const disguise =
    'import sys; sys.argv[1:1] = ["-c"]; del sys.argv[0]; sys.version_info = (2, 7, 18); sys.path.insert(0, ""); exec(sys.argv[1])';
  writeFileSync(join(old, 'python'), `#!/bin/sh\nshift\nexec /usr/bin/python3 -c '${disguise}' "$@"\n`, {
    mode: 0o755,
  });
  const boot = (line: string): string => {
    const { stdout } = spawnSync('/bin/sh', ['-c', line], { input: payload.boot, encoding: 'utf8' });
    return stdout;
  };
  try {
    const line = payload.command(join(old, 'python'));
    expect(boot(line)).toBe('sortie:no-python\n');
    expect(boot(`${line} /nonexistent/python /usr/bin/python3`)).toMatch(
      /^sortie:alive\nsortie:received\n.*"t":"ready"/s,
    );
  } finally {
    rmSync(old, { recursive: true });
  }
});

describe.each(PYTHONS)('agent under %s', (python) => {
  let agent: TestAgent;
  let directory: string;
  const inDirectory = (name: string): string => join(directory, name);

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'agent-'));
    agent = await startAgent(python);
  });

  afterEach(() => {
    agent.process.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  test('reads and writes the golden frames', () => {
    execFileSync(python, [join(import.meta.dirname, 'agent_frames.py')]);
  });

  test('has parts that do what they say', () => {
    execFileSync(python, [join(import.meta.dirname, 'agent_parts.py')], { stdio: 'pipe' });
  });

  test('a failure discards what is queued behind it, and nothing else', async () => {
    const failing = agent.ask(command('exit 1'));
    agent.ask(command(`touch ${inDirectory('discarded')}`));
    const answer = await agent.next();
    expect(answer?.header).toMatchObject({ t: 'result', id: failing, epoch: 1 });
    expect(resultOf(await agent.run(command('echo on'))).get('stdout')).toBe('on');
    expect(existsSync(inDirectory('discarded'))).toBe(false);
  });

  test('a tolerated failure discards nothing', async () => {
    agent.ask({ ...command('exit 1'), tolerated: true });
    agent.ask(command('echo on'));
    expect((await agent.next())?.header).toMatchObject({ t: 'result', epoch: 0 });
    expect(resultOf((await agent.next())?.header).get('stdout')).toBe('on');
  });

  test('a failing item lets its group finish and discards what follows', async () => {
    agent.ask({ ...command('exit 1'), group: 7 });
    agent.ask({ ...command('echo two'), group: 7 });
    agent.ask({ ...command('echo three'), group: 7, groupEnd: true });
    agent.ask(command(`touch ${inDirectory('discarded')}`));
    const epochs = [await agent.next(), await agent.next(), await agent.next()].map((frame) =>
      frame?.header.t === 'result' ? frame.header.epoch : undefined,
    );
    expect(epochs).toEqual([0, 0, 1]);
    await agent.run({ module: 'ping' });
    expect(existsSync(inDirectory('discarded'))).toBe(false);
  });

  test('an unknown module is an error of that request', async () => {
    expect(await agent.run({ module: 'nonsense' })).toMatchObject({
      t: 'error',
      kind: 'module-missing',
      epoch: 1,
    });
    expect(resultOf(await agent.run({ module: 'ping' })).get('ping')).toBe('pong');
  });

  test('a timeout ends the command and what it started', async () => {
    const line = `sleep 60 & echo $! > ${inDirectory('pid')}; wait`;
    expect(await agent.run({ ...command(line), timeout: 0.5 })).toMatchObject({
      t: 'error',
      kind: 'timed-out',
    });
    await until(() => !isAlive(Number(readFileSync(inDirectory('pid'), 'utf8'))));
  });

  test('cancelling ends the command in hand', async () => {
    const id = agent.ask(command(`echo $$ > ${inDirectory('pid')}; sleep 60`));
    await until(() => existsSync(inDirectory('pid')));
    agent.send({ t: 'cancel', id });
    expect((await agent.next())?.header).toMatchObject({ t: 'error', id, kind: 'timed-out' });
  });

  test('cancelling ends a wait', async () => {
    const id = agent.ask({ module: 'wait_for', args: new Map([['timeout', 60]]) });
    agent.send({ t: 'cancel', id });
    expect((await agent.next())?.header).toMatchObject({ t: 'error', id, kind: 'timed-out' });
  });

  test('a large text travels ahead of its result', async () => {
    agent.ask(command('head -c 3000000 /dev/zero | tr "\\000" x; echo err >&2'));
    let bytes = 0;
    let frame = await agent.next();
    for (; frame?.header.t === 'data'; frame = await agent.next()) bytes += frame.blob.length;
    expect(frame?.header).toMatchObject({ t: 'result', spill: [['stdout', 3_000_000]] });
    expect(bytes).toBe(3_000_000);
    expect(resultOf(frame?.header).has('stdout')).toBe(false);
    expect(resultOf(frame?.header).get('stderr')).toBe('err');
  });

  test('content comes in the request, or in pieces when asked for', async () => {
    const args: Dict = new Map([
      ['_raw_params', 'hello.sh a "b c"'],
      ['_name', 'hello.sh'],
    ]);
    const script = Buffer.from('#!/bin/sh\nfor word; do echo "<$word>"; done\n');
    const inline = resultOf(await agent.run({ module: 'script', args }, script));
    expect(inline.get('stdout')).toBe('<a>\n<b c>\n');
    const id = agent.ask({ module: 'script', args, stream: script.length });
    agent.ask({ module: 'ping' });
    expect((await agent.next())?.header).toEqual({ t: 'need', id });
    agent.send({ t: 'data', id }, script.subarray(0, 10));
    agent.send({ t: 'data', id, end: true }, script.subarray(10));
    expect(resultOf((await agent.next())?.header).get('stdout')).toBe('<a>\n<b c>\n');
    expect(resultOf((await agent.next())?.header).get('ping')).toBe('pong');
  });

  test('a request leaves no trace in the next one', async () => {
    const where = resultOf(await agent.run(command('pwd; umask; env'))).get('stdout');
    const args: Dict = new Map([
      ['_raw_params', 'echo $COLOUR'],
      ['chdir', '/'],
    ]);
    const coloured = await agent.run({
      module: 'shell',
      args,
      environment: { COLOUR: 'blue', HOME: '/nowhere' },
    });
    expect(resultOf(coloured).get('stdout')).toBe('blue');
    expect(resultOf(await agent.run(command('pwd; umask; env'))).get('stdout')).toBe(where);
  });

  test('a command gets no descriptor of the agent', async () => {
    const open = resultOf(await agent.run(command('ls -l /proc/$$/fd | wc -l'))).get('stdout');
    expect(Number(open)).toBeLessThanOrEqual(5);
  });

  test('output that is not UTF-8 keeps its bytes', async () => {
    const result = resultOf(await agent.run(command("printf 'a\\377b'")));
    expect(result.get('stdout')).toBe('a\udcffb');
  });

  test('when the host goes away, the task in hand ends and no other starts', async () => {
    const line = `sleep 0.5; touch ${inDirectory('finished')}`;
    agent.ask(command(`touch ${inDirectory('started')}; ${line}`));
    agent.ask(command(`touch ${inDirectory('next')}`));
    await until(() => existsSync(inDirectory('started')));
    const closed = new Promise((resolve) => agent.process.on('exit', resolve));
    agent.process.stdin?.end();
    agent.process.stdout?.destroy();
    expect(await closed).toBe(0);
    expect([existsSync(inDirectory('finished')), existsSync(inDirectory('next'))]).toEqual([true, false]);
  });

  test('quit lets what was sent before it run', async () => {
    agent.ask(command(`touch ${inDirectory('done')}`));
    expect(await agent.quit()).toBe(0);
    expect(existsSync(inDirectory('done'))).toBe(true);
  });

  // A Python in root's home directory is out of reach for others.
  describe.runIf(IS_ROOT && !python.startsWith(homedir()))('as another user', () => {
    const sudo = { method: 'sudo', user: 'nobody' };

    test('runs with that user, and goes on as its own', async () => {
      expect(resultOf(await agent.run({ ...command('id -un'), become: sudo })).get('stdout')).toBe('nobody');
      expect(resultOf(await agent.run(command('id -un'))).get('stdout')).toBe('root');
    });

    test('sends modules and content on, and asks for it', async () => {
      const args: Dict = new Map([
        ['_raw_params', 'id.sh'],
        ['_name', 'id.sh'],
      ]);
      const script = Buffer.from('#!/bin/sh\nid -un\n');
      const id = agent.ask({ module: 'script', args, become: sudo, stream: script.length });
      expect((await agent.next())?.header).toEqual({ t: 'need', id });
      agent.send({ t: 'data', id, end: true }, script);
      expect(resultOf((await agent.next())?.header).get('stdout')).toBe('nobody\n');
    });

    test('reports what the become command says', async () => {
      const unknown = resultOf(
        await agent.run({ ...command('id'), become: { ...sudo, user: 'no-such-user' } }),
      );
      expect(unknown.get('failed')).toBe(true);
      expect(unknown.get('module_stderr')).toContain('unknown user');
      expect(await agent.run({ ...command('id'), become: { ...sudo, method: 'magic' } })).toMatchObject({
        t: 'error',
        kind: 'become-refused',
      });
    });

    test('cancelling and timeouts reach that user', async () => {
      expect(await agent.run({ ...command('sleep 60'), become: sudo, timeout: 0.3 })).toMatchObject({
        kind: 'timed-out',
      });
      const id = agent.ask({ ...command('sleep 60'), become: sudo });
      agent.send({ t: 'cancel', id });
      expect((await agent.next())?.header).toMatchObject({ t: 'error', id, kind: 'timed-out' });
    });
  });

  describe('with a password', () => {
    /** Asks like sudo, twice at most, then runs the words behind `-u user`. */
    const asking = [
      '#!/bin/sh',
      'while [ "$1" != -u ]; do [ "$1" = -p ] && prompt=$2; shift; done',
      'shift 2',
      'for try in 1 2; do',
      '  printf %s "$prompt" >&2; read -r word',
      '  [ "$word" = "open sesame" ] && exec "$@"',
      '  echo "Sorry, try again." >&2',
      'done',
      'exit 1',
    ].join('\n');

    test('answers the prompt, and says what is wrong with the answer', async () => {
      writeFileSync(inDirectory('ask'), asking, { mode: 0o755 });
      const become = { method: 'sudo', user: 'root', exe: inDirectory('ask') };
      const right = await agent.run({
        ...command('echo in'),
        become: { ...become, password: 'open sesame' },
      });
      expect(resultOf(right).get('stdout')).toBe('in');
      const wrong = await agent.run({ ...command('echo in'), become: { ...become, password: 'please' } });
      expect(wrong).toMatchObject({ kind: 'become-refused', message: 'Incorrect sudo password' });
    });

    test('says that one is missing', async () => {
      writeFileSync(inDirectory('ask'), '#!/bin/sh\necho "sudo: a password is required" >&2; exit 1\n', {
        mode: 0o755,
      });
      const become = { method: 'sudo', user: 'root', exe: inDirectory('ask') };
      const missing = await agent.run({ ...command('echo in'), become });
      expect(missing).toMatchObject({ kind: 'become-refused', message: 'Missing sudo password' });
    });
  });
});
