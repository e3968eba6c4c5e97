/** The failures of a conversation with an agent, as data. */

import type { Failure, FailureKind } from '../../../shared/base/failure.ts';
import { limits } from '../../../shared/base/limits.ts';
import type { ErrorFrame } from '../../../shared/wire/agent-frame.ts';
import type { ChannelExit } from './byte-channel.ts';

/** What the agent said instead of a result. */
export function answeredFailure(host: string, frame: ErrorFrame): Failure {
  const kind = frame.kind === 'module-crashed' ? 'module-failed' : frame.kind;
  return make(host, kind, frame.message, frame.detail);
}

/** The conversation ended without our doing: the connection was lost, or the agent died. */
export function endedFailure(host: string, exit: ChannelExit, stderr: string): Failure {
  if (exit.lost !== undefined) {
    return { ...exit.lost, host };
  }
  const end = exit.signal === undefined ? `exit code ${exit.code ?? 'unknown'}` : `signal ${exit.signal}`;
  const message = `The agent on the host ended unexpectedly (${end})`;
  return make(host, 'agent-died', [message, stderr].filter(Boolean).join('\n'), stderr);
}

/** A request was made, or still waited, when the conversation was closed. */
export function closedFailure(host: string): Failure {
  return make(host, 'agent-died', 'The session with the host was closed');
}

/** A request was not answered yet when the agent was left to itself. */
export function leftFailure(host: string): Failure {
  return make(host, 'unreachable', 'The session left the host: the agent may be going on');
}

/** The agent that was come back to is another one; `lost` says how the way to the first one ended. */
export function replacedFailure(lost: Failure): Failure {
  return {
    ...lost,
    message: `${lost.message}\nThe agent that the tasks had been sent to is gone from the host.`,
    retryable: false,
  };
}

/** Somebody else has taken over the agent, e.g. a later invocation that took this one for dead. */
export function fencedFailure(host: string): Failure {
  return make(host, 'unreachable', 'Another session has taken over the agent on the host');
}

/** The agent did not say whether it is new. */
export function unmetFailure(host: string): Failure {
  const seconds = limits.keptTimeoutMs / 1000;
  return {
    ...make(host, 'unreachable', `The agent on the host did not answer within ${seconds} s`),
    retryable: true,
  };
}

/** A request had been sent when the conversation ended with `failure`. It is not retryable: it may have run. */
export function unknownFailure(failure: Failure): Failure {
  return {
    ...failure,
    kind: 'outcome-unknown',
    message: `${failure.message}\nThe task had been sent: it is not known whether it was executed.`,
    retryable: false,
  };
}

/** Content could not be read here, or what came back could not be taken. */
export function contentFailure(host: string, error: unknown): Failure {
  return make(host, 'module-failed', error instanceof Error ? error.message : String(error));
}

/** The agent sent what makes no sense. */
export function protocolFailure(host: string, what: string): Failure {
  return make(host, 'protocol-broken', `The agent sent ${what}`);
}

/** A result is larger than this process may hold. */
export function resultTooBigFailure(host: string): Failure {
  return make(host, 'frame-too-big', `The result exceeds ${limits.resultBytesMax} bytes`);
}

function make(host: string, kind: FailureKind, message: string, detail?: string): Failure {
  return {
    kind,
    message,
    retryable: false,
    host,
    ...(detail === undefined || detail === '' ? {} : { detail }),
  };
}
