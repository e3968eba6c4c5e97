/** What went wrong in the world: hosts, networks, processes. Closed kinds, plain data when it crosses a process. */

export type FailureKind =
  | 'agent-died'
  | 'auth-refused'
  | 'become-refused'
  | 'boot-failed'
  | 'frame-too-big'
  | 'host-key-mismatch'
  | 'host-key-unknown'
  | 'module-failed'
  | 'module-missing'
  | 'no-python'
  | 'outcome-unknown'
  | 'protocol-broken'
  | 'secret-missing'
  | 'store-conflict'
  | 'store-failed'
  | 'timed-out'
  | 'unreachable';

/** One failure. `message` is what the user reads; `retryable` says whether the same call may succeed later. */
export type Failure = {
  readonly kind: FailureKind;
  readonly message: string;
  readonly retryable: boolean;
  readonly host?: string;
  readonly task?: string;
  /** What was seen, word for word: a banner, a traceback, the last bytes of stderr. */
  readonly detail?: string;
};

/** The thrown form of a {@link Failure}, for code that awaits. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'FailureError';
    this.failure = failure;
  }
}
