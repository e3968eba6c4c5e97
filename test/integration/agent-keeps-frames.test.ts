/** How a kept agent speaks with those who find it, frame by frame and under each Python. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FromAgent, KeptFrame, RunRequest } from '../../shared/wire/agent-frame.ts';
import { PYTHONS, payload, startAgent, type TestAgent } from './agent-driver.ts';
import { until } from './keeping.ts';

describe.each(PYTHONS)('a kept agent under %s', (python) => {
  let directory: string;
  let name: string;
  const agents: TestAgent[] = [];
  const file = (wanted: string): string => join(directory, wanted);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'agent-'));
    name = randomBytes(16).toString('hex');
  });

  afterEach(() => {
    for (const agent of agents.splice(0)) agent.process.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  /** Starts an agent and asks it to be found under the name of this test. */
  async function keep(holder: string, seconds = 30): Promise<{ agent: TestAgent; kept: KeptFrame }> {
    const agent = await startAgent(python);
    agents.push(agent);
    for (const bundle of payload.native('@keeping') ?? []) {
      agent.send({ t: 'load', name: bundle.name, kind: bundle.kind }, bundle.blob);
    }
    agent.send({ t: 'keep', name, holder, idleSeconds: seconds, busySeconds: seconds });
    const kept = (await agent.next())?.header;
    if (kept?.t !== 'kept') throw new Error(`no agent was found: ${JSON.stringify(kept)}`);
    return { agent, kept };
  }

  async function takeOver(holder: string, fence = 0): Promise<{ agent: TestAgent; kept: KeptFrame }> {
    const found = await keep(holder);
    found.agent.send({ t: 'take', fence });
    return found;
  }

  function ask(agent: TestAgent, line: string, more: Partial<RunRequest> = {}): number {
    return agent.ask({
      module: 'shell',
      args: new Map([['_raw_params', line]]),
      key: line,
      epoch: 0,
      ...more,
    });
  }

  async function answer(agent: TestAgent): Promise<FromAgent | undefined> {
    return (await agent.next())?.header;
  }

  function waiting(): string {
    return `echo a >> ${file('log')}; while ! [ -e ${file('go')} ]; do sleep 0.02; done; echo b >> ${file('log')}`;
  }

  function log(): string {
    return existsSync(file('log')) ? readFileSync(file('log'), 'utf8') : '';
  }

  test('is new at first, and then the same for all who come', async () => {
    const first = await keep('one');
    expect(first.kept).toEqual({
      t: 'kept',
      agent: expect.stringMatching(/^[0-9a-f]{16}$/),
      isNew: true,
      inHand: null,
      known: 0,
      epoch: 0,
      lasting: true,
    });
    const second = await keep('two');
    expect(second.kept).toEqual({ ...first.kept, isNew: false });
    // Who has only looked has changed nothing.
    const id = ask(first.agent, 'echo first');
    expect(await answer(first.agent)).toMatchObject({ t: 'result', id });
  });

  test('belongs to who took it over last, and not to one before', async () => {
    const first = await keep('one');
    const second = await takeOver('two');
    expect(await answer(first.agent)).toEqual({ t: 'left' });
    const again = await keep('one');
    expect(again.kept).toMatchObject({ agent: first.kept.agent, fenced: true });
    again.agent.send({ t: 'take', fence: 0 });
    expect(await answer(again.agent)).toBeUndefined();
    const id = ask(second.agent, 'echo second');
    expect(await answer(second.agent)).toMatchObject({ t: 'result', id });
    const third = await takeOver('two');
    expect(third.kept.fenced).toBeUndefined();
  });

  test('stays with who knows more', async () => {
    const first = await takeOver('one', 2);
    const late = await takeOver('two', 1);
    expect(await answer(late.agent)).toBeUndefined();
    const id = ask(first.agent, 'echo first');
    expect(await answer(first.agent)).toMatchObject({ t: 'result', id });
    expect((await keep('two')).kept.fenced).toBe(true);
    const third = await takeOver('three', 2);
    ask(third.agent, 'echo third');
    expect(await answer(third.agent)).toMatchObject({ t: 'result' });
  });

  test.runIf(process.getuid?.() === 0)('does not last where somebody else has the name', async () => {
    const place = `sortie-${process.getuid?.()}-${name}`;
    const program = `import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind("\\0${place}"); s.listen(1); print(flush=True); sys.stdin.read()`;
    const squatter = spawn('sudo', ['-n', '-u', 'nobody', '/usr/bin/python3', '-c', program]);
    await new Promise((resolve) => squatter.stdout.once('data', resolve));
    const { agent, kept } = await keep('one');
    expect(kept).toMatchObject({ isNew: true, lasting: false });
    agent.send({ t: 'take', fence: 1 });
    const id = ask(agent, 'echo works');
    expect(await answer(agent)).toMatchObject({ t: 'result', id });
    squatter.stdin.end();
  });

  test('is taken over while a command runs, drops what is queued, and remembers', async () => {
    const first = await keep('one');
    ask(first.agent, waiting());
    ask(first.agent, `echo queued >> ${file('log')}`);
    await until(() => log() === 'a\n');
    const second = await takeOver('two');
    expect(second.kept).toMatchObject({ inHand: waiting(), known: 0 });
    const ids = [ask(second.agent, waiting()), ask(second.agent, 'echo other')];
    writeFileSync(file('go'), '');
    expect(await answer(second.agent)).toMatchObject({ t: 'result', id: ids[0], epoch: 0 });
    expect(await answer(second.agent)).toMatchObject({ t: 'result', id: ids[1], epoch: 0 });
    expect(log()).toBe('a\nb\n');
    second.agent.send({ t: 'forget', keys: [waiting()] });
    ask(second.agent, waiting());
    expect(await answer(second.agent)).toMatchObject({ t: 'result' });
    expect(log()).toBe('a\nb\na\nb\n');
  });

  test('answers from memory with the meaning of a first time', async () => {
    const first = await keep('one');
    ask(first.agent, 'exit 1', { group: 1 });
    ask(first.agent, 'echo end', { group: 1, groupEnd: true });
    ask(first.agent, 'echo behind');
    expect(await answer(first.agent)).toMatchObject({ epoch: 0 });
    expect(await answer(first.agent)).toMatchObject({ epoch: 1 });
    const second = await takeOver('two');
    expect(second.kept).toMatchObject({ epoch: 0, known: 2 });
    // Without its first item the group has not failed; tolerated, the item has not failed for others.
    ask(second.agent, 'echo end', { group: 1, groupEnd: true });
    expect(await answer(second.agent)).toMatchObject({ epoch: 0 });
    ask(second.agent, 'exit 1', { tolerated: true });
    expect(await answer(second.agent)).toMatchObject({ epoch: 0 });
    ask(second.agent, 'echo end', { group: 2, groupEnd: true, groupFailed: true });
    ask(second.agent, 'echo discarded');
    expect(await answer(second.agent)).toMatchObject({ epoch: 1 });
    const id = ask(second.agent, 'echo on', { epoch: 1 });
    expect(await answer(second.agent)).toMatchObject({ id, epoch: 1 });
  });

  test('goes on when it is left or its pipes close, and ends in time', async () => {
    const first = await keep('one');
    const exit = new Promise((resolve) => first.agent.process.once('exit', resolve));
    ask(first.agent, waiting());
    await until(() => log() === 'a\n');
    first.agent.send({ t: 'detach' });
    expect(await answer(first.agent)).toEqual({ t: 'left' });
    const second = await takeOver('two');
    second.agent.process.kill('SIGKILL');
    writeFileSync(file('go'), '');
    await until(() => log() === 'a\nb\n');
    const third = await takeOver('three');
    expect(third.kept).toMatchObject({ agent: first.kept.agent, known: 1 });
    third.agent.send({ t: 'quit' });
    expect(await exit).toBe(0);
    const short = await keep('four', 0.1);
    expect(short.kept.isNew).toBe(true);
    const end = new Promise((resolve) => short.agent.process.once('exit', resolve));
    short.agent.process.stdin?.end();
    expect(await end).toBe(0);
  });

  test('asks again for content that it got a part of', async () => {
    const args = new Map([
      ['_raw_params', 'hello.sh'],
      ['_name', 'hello.sh'],
    ]);
    const script = Buffer.from(`#!/bin/sh\necho ran >> ${file('log')}\n`);
    const asked = { module: 'script', args, key: 'script', epoch: 0, stream: script.length };
    const first = await keep('one');
    const id = first.agent.ask(asked);
    expect(await answer(first.agent)).toEqual({ t: 'need', id });
    first.agent.send({ t: 'data', id }, script.subarray(0, 10));
    const second = await takeOver('two');
    const other = second.agent.ask(asked);
    expect(await answer(second.agent)).toEqual({ t: 'need', id: other });
    second.agent.send({ t: 'data', id: other, end: true }, script);
    expect(await answer(second.agent)).toMatchObject({ t: 'result', id: other, epoch: 0 });
    expect(log()).toBe('ran\n');
  });
});
