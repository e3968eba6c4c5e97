/** Starts a real agent with a given Python and speaks frames with it, without SSH and without a session. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type AgentPayload, loadAgentPayload } from '../../shared/modules/agent-payload.ts';
import type { FromAgent, RunRequest, ToAgent } from '../../shared/wire/agent-frame.ts';
import { encodeFrame, FrameReader, type ReadFrame } from '../../shared/wire/frame-codec.ts';

execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build-agent.ts')]);

export const payload: AgentPayload = loadAgentPayload(join(import.meta.dirname, '../../dist/agent'));

/** Interpreters to check with, separated by colons; the system's without it. */
export const PYTHONS: readonly string[] = (process.env.SORTIE_TEST_PYTHONS ?? '/usr/bin/python3').split(':');

type Frame = ReadFrame<FromAgent>;

/** Fields of a request that a test names; the rest is filled in. */
export type Asked = Partial<RunRequest> & Pick<RunRequest, 'module'>;

export type TestAgent = {
  readonly process: ChildProcess;
  readonly send: (header: ToAgent, blob?: Uint8Array) => void;
  /** Sends a run request and returns its id. */
  readonly ask: (asked: Asked, blob?: Uint8Array) => number;
  /** The next frame; undefined at the agent's end. */
  readonly next: () => Promise<Frame | undefined>;
  /** Asks and waits for the answer. */
  readonly run: (asked: Asked, blob?: Uint8Array) => Promise<FromAgent>;
  /** Ends the agent and returns its exit code. */
  readonly quit: () => Promise<number | null>;
};

/** Boots an agent through a shell, as on a target; resolves when it is ready. */
export async function startAgent(python: string): Promise<TestAgent> {
  const child = spawn('/bin/sh', ['-c', payload.command(python)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  child.stdin.on('error', () => {});
  child.stdin.write(payload.boot);
  const next = readFrames(child.stdout);
  const ready = await next();
  if (ready?.header.t !== 'ready') throw new Error('the agent did not start');
  let lastId = 0;
  let epoch = 0;
  const send = (header: ToAgent, blob?: Uint8Array): void =>
    void child.stdin.write(encodeFrame(header, blob));
  const ask = (asked: Asked, blob?: Uint8Array): number => {
    lastId += 1;
    for (const bundle of payload.native(asked.module) ?? []) {
      send({ t: 'load', name: bundle.name, kind: bundle.kind }, bundle.blob);
    }
    send({ t: 'run', id: lastId, epoch, args: new Map(), ...asked }, blob);
    return lastId;
  };
  const nextOfEpoch = async (): Promise<Frame | undefined> => {
    const frame = await next();
    if (frame?.header.t === 'result' || frame?.header.t === 'error') epoch = frame.header.epoch;
    return frame;
  };
  const run = async (asked: Asked, blob?: Uint8Array): Promise<FromAgent> => {
    ask(asked, blob);
    const frame = await nextOfEpoch();
    if (frame === undefined) throw new Error('the agent ended');
    return frame.header;
  };
  const quit = (): Promise<number | null> => {
    send({ t: 'quit' });
    return exit;
  };
  return { process: child, send, ask, next: nextOfEpoch, run, quit };
}

function readFrames(stdout: NodeJS.ReadableStream): () => Promise<Frame | undefined> {
  const pieces = stdout[Symbol.asyncIterator]();
  const reader = new FrameReader();
  let head: Buffer | undefined = Buffer.alloc(0);
  return async () => {
    for (;;) {
      const frame = head === undefined ? reader.next() : undefined;
      if (frame !== undefined) return frame;
      const { value, done } = await pieces.next();
      if (done === true) return undefined;
      const piece = Buffer.from(value);
      if (head === undefined) {
        reader.push(piece);
        continue;
      }
      head = Buffer.concat([head, piece]);
      const end = head.indexOf('sortie:received\n');
      if (end < 0) continue;
      reader.push(head.subarray(end + 'sortie:received\n'.length));
      head = undefined;
    }
  };
}
