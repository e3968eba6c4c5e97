/** What ssh says when a host cannot be reached, as Ansible shows it. */

import { type Failure, FailureError, type FailureKind } from '../../../shared/base/failure.ts';
import type { SshPlan } from './ssh-plan.ts';

const PREFIX = 'Failed to connect to the host via ssh: ';

const SOCKET_MESSAGES: Readonly<Record<string, string>> = {
  ECONNABORTED: 'Software caused connection abort',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EHOSTDOWN: 'Host is down',
  EHOSTUNREACH: 'No route to host',
  EINVAL: 'Invalid argument',
  ENETUNREACH: 'Network is unreachable',
  ETIMEDOUT: 'Connection timed out',
};

const NAME_MESSAGES: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'Temporary failure in name resolution',
  ENODATA: 'No address associated with hostname',
  ENOTFOUND: 'Name or service not known',
};

/** A failure to connect or log in, with Ansible's words before ssh's. */
export function sshFailure(kind: FailureKind, message: string, detail?: string): Failure {
  return {
    kind,
    message: `${PREFIX}${message}`,
    retryable: kind === 'unreachable' || kind === 'timed-out',
    ...(detail === undefined || detail === '' ? {} : { detail }),
  };
}

/** The failure for an error of the socket, of key exchange or of the protocol. */
export function failureOfError(error: unknown, plan: SshPlan): Failure {
  if (error instanceof FailureError) {
    return error.failure;
  }
  const message = error instanceof Error ? error.message : String(error);
  const code = errorCode(error);
  const nameMessage = NAME_MESSAGES[code];
  if (nameMessage !== undefined) {
    return sshFailure('unreachable', `ssh: Could not resolve hostname ${plan.address}: ${nameMessage}`);
  }
  const socketMessage = SOCKET_MESSAGES[code];
  if (socketMessage !== undefined) {
    return sshFailure(
      'unreachable',
      `ssh: connect to host ${plan.address} port ${plan.port}: ${socketMessage}`,
    );
  }
  if (message === 'Connection lost before handshake') {
    return closedFailure(plan);
  }
  if (/no matching/.test(message)) {
    const detail = message.replace(/^Handshake failed: /, '');
    return {
      ...sshFailure('unreachable', `Unable to negotiate with ${plan.address} port ${plan.port}: ${detail}`),
      retryable: false,
    };
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'number') {
    const kind = /authentication failures/.test(message) ? 'auth-refused' : 'unreachable';
    const from = `Received disconnect from ${plan.address} port ${plan.port}:${error.code}`;
    return sshFailure(kind, `${from}: ${message}`);
  }
  return sshFailure('unreachable', message);
}

/** The failure for a connection that the other end closed while it was being set up. */
export function closedFailure(plan: SshPlan, detail?: string): Failure {
  return sshFailure('unreachable', `Connection closed by ${plan.address} port ${plan.port}`, detail);
}

/** How far a login has come. */
export type Stage = 'authentication' | 'connecting' | 'key-exchange' | 'ready';

/** The failure for a host that did not answer in time. */
export function timeoutFailure(plan: SshPlan, stage: Stage): Failure {
  const place = `${plan.address} port ${plan.port}`;
  switch (stage) {
    case 'connecting':
      return sshFailure('unreachable', `ssh: connect to host ${place}: Connection timed out`);
    case 'key-exchange':
      return sshFailure('unreachable', `Connection timed out during banner exchange with ${place}`);
    case 'authentication':
    case 'ready':
      return sshFailure('unreachable', `Connection timed out during the login at ${place}`);
    default:
      return stage satisfies never;
  }
}

/** The failure for a host that accepted the login and then did not open a channel. */
export function silentFailure(plan: SshPlan): Failure {
  return sshFailure(
    'unreachable',
    `${plan.address} port ${plan.port} does not answer requests for a channel`,
  );
}

/** The failure for a connection that was lost after the login. */
export function lostFailure(error: unknown, plan: SshPlan): Failure {
  const message = error instanceof Error ? error.message : '';
  if (message === 'Keepalive timeout') {
    return sshFailure('unreachable', `Timeout, server ${plan.address} not responding.`);
  }
  const reason = SOCKET_MESSAGES[errorCode(error)];
  return sshFailure(
    'unreachable',
    reason === undefined
      ? `Connection to ${plan.address} closed by remote host.`
      : `client_loop: Connection to ${plan.address} port ${plan.port}: ${reason}`,
  );
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
