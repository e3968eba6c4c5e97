/**
 * What crosses between a host function and the agent on a target.
 *
 * A frame is `u32 header length, u32 blob length` (big endian), then the header as UTF-8 JSON, then the blob.
 * Both directions carry the same shape. The golden files in test/cases/frames are read by the TypeScript and the
 * Python tests; that pair is the protocol's definition.
 */

import type { Dict } from '../base/value.ts';

/** The protocol's version; an agent that speaks another one is not used. */
export const PROTOCOL_VERSION = 1;

/** Who a request runs as. Absent: the login user. */
export type BecomeRequest = {
  readonly method: string;
  readonly user: string;
  readonly exe?: string;
  readonly flags?: string;
  /** Typed at the prompt; written to the frame only here. */
  readonly password?: string;
};

/** A background job: `directory` gets a file named after it, which holds its result once it ends. */
export type JobRequest = {
  /** The beginning of the job's name. */
  readonly id: string;
  /** The job is ended after this time. */
  readonly seconds: number;
  readonly directory: string;
};

/**
 * Runs one module. Requests are executed strictly in the order sent. A request whose `epoch` is lower than the
 * agent's is discarded: the agent raises its epoch after a failure that is not `tolerated`, so nothing behind it runs.
 */
export type RunRequest = {
  readonly t: 'run';
  /** Unique in the session, counting up. */
  readonly id: number;
  readonly epoch: number;
  /** Name of a native module (`command`, `file`, …), or of a bundle loaded before. */
  readonly module: string;
  /** JSON object of the module's arguments. Internal ones start with an underscore, e.g. `_raw_params`, `_check_mode`. */
  readonly args: Dict;
  /** A failure of this request does not discard what is queued behind it. */
  readonly tolerated?: boolean;
  /** Items of one loop share a group: a failing item does not stop the group; the group's failure stops what follows. */
  readonly group?: number;
  /** The last request of its group. */
  readonly groupEnd?: boolean;
  /** An earlier item of the group has failed, of which this agent's connection knows nothing. */
  readonly groupFailed?: boolean;
  /** Runs the module in the background; the result says under which name. */
  readonly job?: JobRequest;
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly become?: BecomeRequest;
  /** Seconds after which the request is ended with a failure. */
  readonly timeout?: number;
  /** The python of a foreign module's child, when it is not the agent's own. */
  readonly interpreter?: string;
  /** Length of content that follows in `data` frames with this id; without it a blob in this frame is the content. */
  readonly stream?: number;
  /**
   * What the request stands for, the same each time it is sent: an agent that outlives its connection executes it once
   * and answers from memory afterwards, until it is told to forget. Not for requests whose module sends data.
   */
  readonly key?: string;
};

/**
 * Loads module code: the blob is the zlib-compressed JSON `{name: source}`. For a native module the names are the
 * agent's own module files (`modules.lineinfile`, `files`, …); for a foreign one those of the module's `module_utils`,
 * packages as `name.__init__`, and `__name__` is the module's own name in Python. A load named `@…` holds sources that
 * later ones refer to with their `__shared__` entry.
 */
export type LoadRequest = {
  readonly t: 'load';
  readonly name: string;
  readonly kind: ForeignKind | 'native';
};

/** How a foreign module is started and read; the bundle's entry `__main__` holds its source. */
export type ForeignKind = 'binary' | 'json-args' | 'old-style' | 'python' | 'want-json';

/** A piece of content for, or from, the request `id`; `end` marks the last piece. */
export type DataFrame = { readonly t: 'data'; readonly id: number; readonly end?: boolean };

/** Asks the agent to stop the request in hand (a task's `timeout`, Ctrl-C). */
export type CancelRequest = { readonly t: 'cancel'; readonly id: number };

/** Ends the agent after what is queued before it. */
export type QuitRequest = { readonly t: 'quit' };

/**
 * Makes the agent outlive its connection; the first frame but for loads. The agent that already has the name answers, and
 * this one is only the way to it: until {@link TakeRequest} nothing has changed for whom it serves so far.
 */
export type KeepRequest = {
  readonly t: 'keep';
  readonly name: string;
  /** Of whom the connection is. Who was taken over from cannot take over again. */
  readonly holder: string;
  /** How long the agent waits for a connection when it remembers no answers. */
  readonly idleSeconds: number;
  /** The same, when it remembers some, counted from the end of the last request. */
  readonly busySeconds: number;
};

/**
 * Takes the agent over: its previous connection ends, what it has queued is dropped, and its epoch is 0 again. Refused when
 * somebody with a greater `fence` has held the agent: who comes late knows less.
 */
export type TakeRequest = { readonly t: 'take'; readonly fence: number };

/** Drops the answers to these requests: they are stored. */
export type ForgetRequest = { readonly t: 'forget'; readonly keys: readonly string[] };

/** Ends the connection and leaves the agent running; what is queued is dropped. Answered by {@link LeftFrame}. */
export type DetachRequest = { readonly t: 'detach' };

export type ToAgent =
  | CancelRequest
  | DataFrame
  | DetachRequest
  | ForgetRequest
  | KeepRequest
  | LoadRequest
  | QuitRequest
  | RunRequest
  | TakeRequest;

/** The agent is up. `python` is `major.minor.micro`. */
export type ReadyFrame = {
  readonly t: 'ready';
  readonly protocol: number;
  readonly python: string;
  readonly executable: string;
  readonly pid: number;
  readonly uid: number;
};

/** A result. `result` is the module's JSON object. Large texts of it may have come before as `data` frames (see `spill`). */
export type ResultFrame = {
  readonly t: 'result';
  readonly id: number;
  readonly result: Dict;
  /** The epoch after this result: greater than before exactly when it discards what was queued behind it. */
  readonly epoch: number;
  /** Keys of `result` whose text came in `data` frames before this one, in order, with their lengths in bytes. */
  readonly spill?: readonly (readonly [key: string, bytes: number])[];
};

/** The agent needs the content of request `id`, which was sent without it. */
export type NeedFrame = { readonly t: 'need'; readonly id: number };

/** The agent or a become step cannot go on with request `id`: a failure of the world, not of the module. */
export type ErrorFrame = {
  readonly t: 'error';
  readonly id: number;
  readonly kind: 'become-refused' | 'module-crashed' | 'module-missing' | 'no-python' | 'timed-out';
  readonly message: string;
  readonly detail?: string;
  readonly epoch: number;
};

/** Which agent serves from now on. */
export type KeptFrame = {
  readonly t: 'kept';
  /** Random: another one is another agent, which has executed nothing of what this one was sent. */
  readonly agent: string;
  readonly isNew: boolean;
  /** The key of the request that is being executed. */
  readonly inHand: string | null;
  /** How many answers are remembered. */
  readonly known: number;
  readonly epoch: number;
  /** False where an agent cannot outlive its connection: it ends as without {@link KeepRequest}. */
  readonly lasting: boolean;
  /** Another holder has taken the agent over from this one, which cannot have it back. */
  readonly fenced?: boolean;
};

/** The last frame of a connection that was left or taken over: a shell around the agent may hold the channel open. */
export type LeftFrame = { readonly t: 'left' };

export type FromAgent = DataFrame | ErrorFrame | KeptFrame | LeftFrame | NeedFrame | ReadyFrame | ResultFrame;
