/** A request on its way: what is needed until its answer is there, and how it and its answer look as frames. */

import type { Failure } from '../../../shared/base/failure.ts';
import type { ResultFrame, RunRequest } from '../../../shared/wire/agent-frame.ts';
import type { Reply, SessionRequest } from './session.ts';
import { decodeSurrogateEscape } from './surrogate-escape.ts';

/** A request that is not settled yet. */
export type Outstanding = {
  readonly id: number;
  readonly epoch: number;
  readonly request: SessionRequest;
  readonly settle: (reply: Reply) => void;
  /** For mistakes of the caller, which are no reply. */
  readonly reject: (error: unknown) => void;
  /** Texts of the result that came ahead of it. */
  readonly spilled: Uint8Array[];
  spilledBytes: number;
  isSent: boolean;
  /** What went wrong on our side while the agent had the request; it takes the place of the agent's answer. */
  failure: Failure | undefined;
};

/** The frame of a request; `blob` is its content when that travels inside. */
export function runFrame(outstanding: Outstanding, blob: Uint8Array | undefined): RunRequest {
  const { content, onData: _onData, ...request } = outstanding.request;
  const frame: RunRequest = { ...request, t: 'run', id: outstanding.id, epoch: outstanding.epoch };
  if (content === undefined) {
    return frame;
  }
  // Zero says "content, and it is in this frame", which an empty blob alone would not.
  return { ...frame, stream: blob === undefined ? content.size : 0 };
}

/** Puts the texts that came ahead of a result into it. */
export function addSpilled(frame: ResultFrame, pieces: readonly Uint8Array[]): void {
  const all = Buffer.concat(pieces);
  let start = 0;
  for (const [key, bytes] of frame.spill ?? []) {
    frame.result.set(key, decodeSurrogateEscape(all.subarray(start, start + bytes)));
    start += bytes;
  }
}
