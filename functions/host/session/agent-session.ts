/**
 * The conversation with a booted agent over one connection: requests go out without waiting, answers come back in the same order.
 *
 * Invariant: every request is settled exactly once, by its answer, by the failure of one before it, or by the end of
 * the conversation. A request is written at most once.
 */

import { type Failure, FailureError } from '../../../shared/base/failure.ts';
import { limits } from '../../../shared/base/limits.ts';
import type { AgentPayload } from '../../../shared/modules/agent-payload.ts';
import type {
  ErrorFrame,
  ForgetRequest,
  FromAgent,
  KeptFrame,
  ResultFrame,
  TakeRequest,
  ToAgent,
} from '../../../shared/wire/agent-frame.ts';
import { encodeFrame, type ReadFrame } from '../../../shared/wire/frame-codec.ts';
import type { ModuleBundle } from '../../../shared/wire/module-bundle.ts';
import type { BootedChannel } from './boot.ts';
import type { ChannelExit } from './byte-channel.ts';
import { breakChannel, endChannel, leaveChannel, UNKNOWN_EXIT } from './channel-end.ts';
import { cutContent, readContent } from './content.ts';
import { settlesWithin } from './deadline.ts';
import { FrameWriter } from './frame-writer.ts';
import { addSpilled, type Outstanding, runFrame } from './outstanding.ts';
import type { Reply, SessionRequest } from './session.ts';
import {
  answeredFailure,
  closedFailure,
  contentFailure,
  endedFailure,
  leftFailure,
  protocolFailure,
  resultTooBigFailure,
  unknownFailure,
} from './session-failure.ts';

export type AgentSessionOptions = {
  readonly host: string;
  readonly native: AgentPayload['native'];
  /** The agent may go on when the conversation is over. */
  readonly isKept: boolean;
};

/** Starts to read the answers of a booted agent. */
export class AgentSession {
  readonly python: string;
  readonly executable: string;
  readonly ended: Promise<Failure | undefined>;
  readonly #kept: PromiseWithResolvers<KeptFrame> = Promise.withResolvers<KeptFrame>();
  readonly #booted: BootedChannel;
  readonly #host: string;
  readonly #native: AgentPayload['native'];
  readonly #isKept: boolean;
  readonly #writer: FrameWriter;
  readonly #outstanding = new Map<number, Outstanding>();
  readonly #loaded = new Set<string>();
  #lastId = 0;
  #epoch = 0;
  #failure: Failure | undefined;
  #isClosing = false;
  /** The agent goes on without this conversation. */
  #isLeft = false;
  #hasEnded = false;

  constructor(booted: BootedChannel, options: AgentSessionOptions) {
    this.python = booted.ready.python;
    this.executable = booted.ready.executable;
    this.#booted = booted;
    this.#host = options.host;
    this.#native = options.native;
    this.#isKept = options.isKept;
    this.#writer = new FrameWriter(booted.channel.stdin);
    this.ended = this.#listen();
  }

  /** Which agent serves, once it has said so; it never does unless it was asked to in the first frame. */
  get kept(): Promise<KeptFrame> {
    return this.#kept.promise;
  }

  run(request: SessionRequest): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    if (this.#hasEnded || this.#isClosing) {
      resolve({ kind: 'failed', failure: this.#failure ?? closedFailure(this.#host), lost: 'unsent' });
      return promise;
    }
    if (request.epoch !== undefined && request.epoch < this.#epoch) {
      resolve({ kind: 'discarded' });
      return promise;
    }
    this.#lastId += 1;
    const outstanding: Outstanding = {
      id: this.#lastId,
      epoch: request.epoch ?? this.#epoch,
      request,
      settle: resolve,
      reject,
      spilled: [],
      spilledBytes: 0,
      isSent: false,
      failure: undefined,
    };
    this.#outstanding.set(outstanding.id, outstanding);
    this.#start(outstanding);
    return promise;
  }

  load(bundle: ModuleBundle): void {
    const key = `${bundle.kind} ${bundle.name}`;
    if (!this.#loaded.has(key)) {
      this.#loaded.add(key);
      const frame = encodeFrame({ t: 'load', name: bundle.name, kind: bundle.kind }, bundle.blob);
      this.#writer.inOrder(() => {
        this.#writer.write(frame);
      });
    }
  }

  /** Sends what is no request, behind everything so far. */
  send(frame: ForgetRequest | TakeRequest): void {
    this.#writer.inOrder(() => {
      this.#write(frame);
    });
  }

  cancel(): void {
    const [inHand] = this.#outstanding.values();
    if (inHand?.isSent === true) {
      this.#write({ t: 'cancel', id: inHand.id });
    }
  }

  async close(): Promise<void> {
    this.#end({ t: 'quit' });
    if (!(await settlesWithin(this.ended, limits.closeTimeoutMs))) {
      this.#booted.channel.kill();
      await settlesWithin(this.ended, limits.closeTimeoutMs);
    }
  }

  /** Ends the conversation, and not the agent. */
  async detach(): Promise<void> {
    this.#isLeft = true;
    this.#end({ t: 'detach' });
    if (!(await settlesWithin(this.ended, limits.closeTimeoutMs))) {
      this.#booted.channel.leave();
    }
  }

  #end(last: ToAgent): void {
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.#writer.inOrder(() => {
        this.#write(last);
        this.#writer.end();
      });
    }
  }

  /** Sends now, unless something before it still waits for its content. */
  #start(outstanding: Outstanding): void {
    const content = outstanding.request.content;
    this.#loadNative(outstanding.request.module);
    if (outstanding.request.job !== undefined) this.#loadNative('async_wrapper');
    if (content === undefined || content.size > limits.inlineContentBytesMax) {
      this.#writer.inOrder(() => this.#send(outstanding, undefined));
      return;
    }
    const blob = readContent(content);
    // Told apart from the awaited promise: it may fail before its turn comes.
    blob.catch(() => {});
    this.#writer.inOrder(async () => {
      try {
        this.#send(outstanding, await blob);
      } catch (error) {
        this.#failUnsent(outstanding, contentFailure(this.#host, error));
      }
    });
  }

  #loadNative(module: string): void {
    const isForeign = [...this.#loaded].some(
      (key) => key.endsWith(` ${module}`) && !key.startsWith('native '),
    );
    for (const bundle of isForeign ? [] : (this.#native(module) ?? [])) {
      this.load(bundle);
    }
  }

  #send(outstanding: Outstanding, blob: Uint8Array | undefined): void {
    if (!this.#outstanding.has(outstanding.id)) {
      return;
    }
    try {
      this.#writer.write(encodeFrame(runFrame(outstanding, blob), blob));
      outstanding.isSent = true;
    } catch (error) {
      this.#outstanding.delete(outstanding.id);
      outstanding.reject(error);
    }
  }

  #write(frame: ToAgent, blob?: Uint8Array): boolean {
    return this.#writer.write(encodeFrame(frame, blob));
  }

  /** A request that cannot be sent fails, and what was made behind it is discarded as the agent would do. */
  #failUnsent(outstanding: Outstanding, failure: Failure): void {
    this.#settle(outstanding, { kind: 'failed', failure });
    for (const later of [...this.#outstanding.values()]) {
      if (later.id > outstanding.id) {
        this.#settle(later, { kind: 'discarded' });
      }
    }
  }

  #rejectOutstanding(error: unknown): void {
    for (const outstanding of this.#outstanding.values()) {
      outstanding.reject(error);
    }
    this.#outstanding.clear();
    this.#hasEnded = true;
  }

  #settle(outstanding: Outstanding, reply: Reply): void {
    if (this.#outstanding.delete(outstanding.id)) {
      outstanding.settle(reply);
    }
  }

  async #listen(): Promise<Failure | undefined> {
    const broken = await this.#readFrames();
    const exit = await this.#endChannel(broken !== undefined);
    this.#hasEnded = true;
    if (broken !== undefined || !this.#isClosing) {
      this.#failure = broken ?? endedFailure(this.#host, exit, this.#booted.stderr.text().trim());
    }
    this.#failOutstanding(this.#failure ?? (this.#isLeft ? leftFailure : closedFailure)(this.#host));
    return this.#failure;
  }

  async #endChannel(isBroken: boolean): Promise<ChannelExit> {
    const { channel } = this.#booted;
    if (isBroken) return await breakChannel(channel);
    if (!this.#isLeft) return await (this.#isKept ? leaveChannel : endChannel)(channel);
    channel.leave();
    return UNKNOWN_EXIT;
  }

  /** Handles frames until there are no more, or until one makes no sense: then its failure is returned. */
  async #readFrames(): Promise<Failure | undefined> {
    const { reader, pieces } = this.#booted;
    try {
      for (;;) {
        for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
          if (frame.header.t === 'left') {
            this.#isLeft = true;
            return undefined;
          }
          await this.#handle(frame);
        }
        const { value, done } = await pieces.next().catch(() => ({ value: undefined, done: true }));
        if (done === true || value === undefined) {
          return undefined;
        }
        reader.push(value);
      }
    } catch (error) {
      if (error instanceof FailureError) {
        return { ...error.failure, host: this.#host };
      }
      this.#rejectOutstanding(error);
      throw error;
    }
  }

  #handle(frame: ReadFrame<FromAgent>): Promise<void> | void {
    const { header, blob } = frame;
    if (header.t === 'ready' || header.t === 'left') {
      return;
    }
    if (header.t === 'kept') {
      this.#kept.resolve(header);
      return;
    }
    const outstanding = this.#outstanding.get(header.id);
    if (outstanding === undefined) {
      throw new FailureError(
        protocolFailure(this.#host, `an answer to request ${header.id}, which is not open`),
      );
    }
    switch (header.t) {
      case 'data':
        return this.#takeData(outstanding, blob);
      case 'error':
        return this.#takeError(outstanding, header);
      case 'need':
        // Runs beside the reading: the agent may answer before it has taken all of the content.
        void this.#stream(outstanding);
        return;
      case 'result':
        return this.#takeResult(outstanding, header);
      default:
        return header satisfies never;
    }
  }

  async #takeData(outstanding: Outstanding, blob: Uint8Array): Promise<void> {
    const { onData } = outstanding.request;
    if (outstanding.failure !== undefined) {
      return;
    }
    if (onData !== undefined) {
      await onData(blob).catch((error: unknown) => {
        outstanding.failure = contentFailure(this.#host, error);
      });
      return;
    }
    outstanding.spilledBytes += blob.length;
    outstanding.spilled.push(blob);
    if (outstanding.spilledBytes > limits.resultBytesMax) {
      outstanding.spilled.length = 0;
      outstanding.failure = resultTooBigFailure(this.#host);
    }
  }

  #takeResult(outstanding: Outstanding, frame: ResultFrame): void {
    const failure = outstanding.failure;
    if (failure === undefined) {
      addSpilled(frame, outstanding.spilled);
      this.#settle(outstanding, { kind: 'result', result: frame.result, epoch: frame.epoch });
    } else {
      this.#settle(outstanding, { kind: 'failed', failure, epoch: frame.epoch });
    }
    this.#raiseEpoch(frame.epoch);
  }

  #takeError(outstanding: Outstanding, frame: ErrorFrame): void {
    const failure = outstanding.failure ?? answeredFailure(this.#host, frame);
    this.#settle(outstanding, { kind: 'failed', failure, epoch: frame.epoch });
    this.#raiseEpoch(frame.epoch);
  }

  #raiseEpoch(epoch: number): void {
    if (epoch <= this.#epoch) {
      return;
    }
    this.#epoch = epoch;
    for (const outstanding of [...this.#outstanding.values()]) {
      if (outstanding.epoch < epoch) {
        this.#settle(outstanding, { kind: 'discarded' });
      }
    }
  }

  async #stream(outstanding: Outstanding): Promise<void> {
    const { content } = outstanding.request;
    const isOpen = (): boolean => this.#outstanding.has(outstanding.id) && !this.#hasEnded;
    try {
      for await (const piece of content === undefined ? [] : cutContent(content)) {
        if (!isOpen()) {
          return;
        }
        if (!this.#write({ t: 'data', id: outstanding.id }, piece)) {
          await this.#writer.drained(this.ended);
        }
      }
      this.#write({ t: 'data', id: outstanding.id, end: true });
    } catch (error) {
      outstanding.failure = contentFailure(this.#host, error);
      if (isOpen()) {
        this.#write({ t: 'cancel', id: outstanding.id });
      }
    }
  }

  /**
   * What was sent before the end may have been executed, with its answer lost; only when the agent itself died, and
   * the connection with it delivered all its answers, is it certain that nothing behind the request in hand has run.
   */
  #failOutstanding(failure: Failure): void {
    let isInHand = true;
    for (const outstanding of [...this.#outstanding.values()]) {
      const { isSent } = outstanding;
      const mayHaveRun = isSent && (isInHand || failure.kind !== 'agent-died');
      this.#settle(outstanding, {
        kind: 'failed',
        failure: mayHaveRun ? unknownFailure(failure) : failure,
        lost: isSent ? 'sent' : 'unsent',
      });
      isInHand = false;
    }
  }
}
