/** Starts the agent at the other end of a channel: from the exec to its ready frame. */

import { FailureError, type FailureKind } from '../../../shared/base/failure.ts';
import { limits } from '../../../shared/base/limits.ts';
import { BOOT_MARKERS } from '../../../shared/modules/agent-payload.ts';
import { PROTOCOL_VERSION, type ReadyFrame } from '../../../shared/wire/agent-frame.ts';
import { FrameReader } from '../../../shared/wire/frame-codec.ts';
import type { ByteChannel } from './byte-channel.ts';
import { settlesWithin } from './deadline.ts';
import { keepTail, type TextTail } from './text-tail.ts';

/** A channel with a booted agent. `pieces` is what its stdout says after the ready frame. */
export type BootedChannel = {
  readonly channel: ByteChannel;
  readonly ready: ReadyFrame;
  readonly reader: FrameReader;
  readonly pieces: AsyncIterator<Buffer>;
  readonly stderr: TextTail;
};

/** Who boots, for messages: the host's name, and the python that was asked for. */
export type BootSubject = { readonly host: string; readonly python: string };

/** Waits until the agent on the channel is ready; throws FailureError and ends the channel when it does not get there. */
export async function bootAgent(channel: ByteChannel, subject: BootSubject): Promise<BootedChannel> {
  const boot = new Boot(channel, subject);
  const booted = boot.run();
  try {
    if (!(await settlesWithin(booted, limits.bootTimeoutMs))) {
      throw boot.timeoutFailure();
    }
    return await booted;
  } catch (error) {
    channel.kill();
    throw error;
  }
}

/** One boot, with what the target has printed so far. */
class Boot {
  readonly #channel: ByteChannel;
  readonly #subject: BootSubject;
  readonly #stderr: TextTail;
  readonly #pieces: AsyncIterator<Buffer>;
  #chatter: Buffer = Buffer.alloc(0);

  constructor(channel: ByteChannel, subject: BootSubject) {
    this.#channel = channel;
    this.#subject = subject;
    this.#stderr = keepTail(channel.stderr);
    this.#pieces = channel.stdout[Symbol.asyncIterator]();
  }

  async run(): Promise<BootedChannel> {
    const reader = new FrameReader();
    reader.push(await this.#skipToFrames());
    for (;;) {
      const frame = reader.next();
      if (frame !== undefined) {
        const ready = this.#checkReady(frame.header);
        return { channel: this.#channel, ready, reader, pieces: this.#pieces, stderr: this.#stderr };
      }
      reader.push(await this.#nextPiece());
    }
  }

  timeoutFailure(): FailureError {
    return this.#failure('boot-failed', `The agent did not start within ${limits.bootTimeoutMs / 1000} s`);
  }

  /** Reads up to the last marker, and returns what came behind it. */
  async #skipToFrames(): Promise<Buffer> {
    for (;;) {
      const received = this.#chatter.indexOf(BOOT_MARKERS.received);
      if (received >= 0) {
        const rest = this.#chatter.subarray(received + BOOT_MARKERS.received.length);
        this.#chatter = this.#chatter.subarray(0, received);
        return rest;
      }
      if (this.#chatter.includes(BOOT_MARKERS.noPython)) {
        throw this.#failure('no-python', noPythonMessage(this.#subject));
      }
      // A marker may stand across two pieces, so the tail that is kept is longer than any of them.
      const tail = this.#chatter.subarray(-limits.chatterBytesMax);
      this.#chatter = Buffer.concat([tail, await this.#nextPiece()]);
    }
  }

  async #nextPiece(): Promise<Buffer> {
    const { value, done } = await this.#pieces.next().catch(() => ({ value: undefined, done: true }));
    if (done !== true && value !== undefined) {
      return value;
    }
    const { code, signal, lost } = await this.#channel.exit;
    if (lost !== undefined) {
      throw new FailureError({ ...lost, host: this.#subject.host });
    }
    const end = signal === undefined ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
    throw this.#failure('boot-failed', `The agent could not be started on the host (${end})`);
  }

  #checkReady(header: { readonly t: string }): ReadyFrame {
    const ready = parseReady(header);
    if (ready?.protocol !== PROTOCOL_VERSION) {
      throw this.#failure(
        'protocol-broken',
        `The agent speaks protocol ${ready?.protocol ?? 'unknown'}, not ${PROTOCOL_VERSION}`,
      );
    }
    return ready;
  }

  #failure(kind: FailureKind, message: string): FailureError {
    const printed = [this.#chatter.toString('utf8'), this.#stderr.text()].map(withoutMarkers).filter(Boolean);
    return new FailureError({
      kind,
      message: [message, ...printed].join('\n'),
      retryable: false,
      host: this.#subject.host,
      ...(printed.length > 0 ? { detail: printed.join('\n') } : {}),
    });
  }
}

function parseReady(header: { readonly t: string }): ReadyFrame | undefined {
  return header.t === 'ready' ? (header as ReadyFrame) : undefined;
}

function withoutMarkers(text: string): string {
  return Object.values(BOOT_MARKERS)
    .reduce((rest, marker) => rest.replace(marker, ''), text)
    .trim();
}

function noPythonMessage(subject: BootSubject): string {
  return subject.python === 'auto'
    ? 'No Python 3.6 or newer was found on the host. Install one (a raw task can do that), or name it with ansible_python_interpreter.'
    : `${subject.python} is not there or is no Python 3.6 or newer. Correct ansible_python_interpreter, or leave it at auto.`;
}
