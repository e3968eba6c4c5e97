/** A process at the other end, near or far: three streams and an end. */

import type { Readable, Writable } from 'node:stream';
import type { Failure } from '../../../shared/base/failure.ts';

/** How a process ended. `lost`: the connection ended first, so nobody knows. */
export type ChannelExit = {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly lost: Failure | undefined;
};

export type ByteChannel = {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once the process ended and its output was read. */
  readonly exit: Promise<ChannelExit>;
  /** Ends the process without asking it. */
  readonly kill: () => void;
  /** Has nothing more to do with the process, and lets it live. */
  readonly leave: () => void;
};

/** What is executed at the other end, with the bytes that its stdin begins with. */
export type ExecRequest = { readonly command: string; readonly stdin: Uint8Array };
