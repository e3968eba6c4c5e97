/** Decides whether a host's key is trusted, and says why not as clearly as ssh does. */

import type { Failure, FailureKind } from '../../../shared/base/failure.ts';
import { decideByFleet, lookUpHostKey, type Recorded, recordedType } from './fleet-host-keys.ts';
import {
  appendKnownHost,
  checkHostKey,
  fingerprint,
  hostKeyType,
  type KnownHostLine,
  keyTypeTitle,
  knownHostName,
  linesForHost,
  loadKnownHosts,
} from './known-hosts.ts';
import type { SshPlan } from './ssh-plan.ts';

/** What became of a host's key. `mayTypePassword`: false when somebody in between could read it. */
export type HostKeyDecision = {
  readonly failure: Failure | undefined;
  readonly warning: string | undefined;
  readonly mayTypePassword: boolean;
};

const ACCEPTED: HostKeyDecision = { failure: undefined, warning: undefined, mayTypePassword: true };

/** Signature algorithms of a key type, most wanted first. */
const ALGORITHMS_OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
};

const DEFAULT_ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

/** Asks the fleet's record about the host, when there is one and no known_hosts file decides. */
export function recordedHostKey(plan: SshPlan): Promise<Recorded | undefined> {
  const isDecided = plan.hostKeys === undefined || knownTypes(plan).length > 0;
  return isDecided ? Promise.resolve(undefined) : lookUpHostKey(plan, plan.hostKeys);
}

/** The host key algorithms to offer: first those whose keys are known, so that the host shows a key that can be checked. */
export function hostKeyAlgorithms(plan: SshPlan, recorded: Recorded | undefined): readonly string[] {
  const type = recordedType(recorded);
  const types = [...knownTypes(plan), ...(type === undefined ? [] : [type])];
  const known = new Set(types.flatMap((name) => ALGORITHMS_OF_TYPE[name] ?? [name]));
  return [
    ...DEFAULT_ALGORITHMS.filter((algorithm) => known.has(algorithm)),
    ...DEFAULT_ALGORITHMS.filter((algorithm) => !known.has(algorithm)),
  ];
}

function knownTypes(plan: SshPlan): readonly string[] {
  const lines = linesForHost(loadKnownHosts(plan.knownHostsFiles), plan.hostKeyName, plan.hostKeyPort);
  return lines.filter((line) => !line.isRevoked).map((line) => line.type);
}

/** Judges a key that the host has sent, and remembers a new one where the plan allows that. */
export function decideHostKey(
  plan: SshPlan,
  key: Buffer,
  recorded: Recorded | undefined,
): HostKeyDecision | Promise<HostKeyDecision> {
  const lines = loadKnownHosts(plan.knownHostsFiles);
  const verdict = checkHostKey(lines, plan.hostKeyName, { port: plan.hostKeyPort, key });
  switch (verdict.kind) {
    case 'known':
      return ACCEPTED;
    case 'unknown':
      return plan.hostKeys === undefined || recorded === undefined
        ? decideUnknown(plan, key)
        : decideByFleet(plan, plan.hostKeys, { key, recorded });
    case 'changed':
      return decideChanged(plan, key, verdict.line);
    case 'revoked':
      return refuse('host-key-mismatch', revokedMessage(plan, key, verdict.line));
    default:
      return verdict satisfies never;
  }
}

function decideUnknown(plan: SshPlan, key: Buffer): HostKeyDecision {
  const name = knownHostName(plan.hostKeyName, plan.hostKeyPort);
  const title = keyTypeTitle(hostKeyType(key));
  if (plan.hostKeyChecking === 'yes') {
    return refuse(
      'host-key-unknown',
      `No ${title} host key is known for ${name} and you have requested strict checking. ` +
        `The host's key is ${fingerprint(key)}; add it with ssh-keyscan, or connect once with ssh, to trust it.\n` +
        'Host key verification failed.',
    );
  }
  return { ...ACCEPTED, warning: remember(plan, name, key) };
}

function remember(plan: SshPlan, name: string, key: Buffer): string | undefined {
  const [file] = plan.knownHostsFiles;
  if (file === undefined || file === '/dev/null') {
    return undefined;
  }
  try {
    appendKnownHost(file, name, key);
    return undefined;
  } catch (error) {
    return `The key of ${name} could not be added to ${file}: ${error instanceof Error ? error.message : error}`;
  }
}

function decideChanged(plan: SshPlan, key: Buffer, line: KnownHostLine): HostKeyDecision {
  const message = changedMessage(plan, key, line);
  if (plan.hostKeyChecking === 'no') {
    return {
      failure: undefined,
      warning: `${message}\nPassword authentication is disabled to avoid man-in-the-middle attacks.`,
      mayTypePassword: false,
    };
  }
  return refuse('host-key-mismatch', `${message}\nHost key verification failed.`);
}

function changedMessage(plan: SshPlan, key: Buffer, line: KnownHostLine): string {
  const name = knownHostName(plan.hostKeyName, plan.hostKeyPort);
  const title = keyTypeTitle(line.type);
  return (
    `REMOTE HOST IDENTIFICATION HAS CHANGED! The ${title} key of ${name} is ${fingerprint(key)}, ` +
    `but ${line.file}:${line.line} has ${fingerprint(line.key)}. ` +
    'Someone may be reading the connection (man-in-the-middle attack), or the host has a new key. ' +
    `When the new key is right, remove the old one: ssh-keygen -f '${line.file}' -R '${name}'`
  );
}

function revokedMessage(plan: SshPlan, key: Buffer, line: KnownHostLine): string {
  const name = knownHostName(plan.hostKeyName, plan.hostKeyPort);
  return (
    `The ${keyTypeTitle(line.type)} host key ${fingerprint(key)} of ${name} is marked as revoked in ` +
    `${line.file}:${line.line}.\nHost key verification failed.`
  );
}

function refuse(kind: FailureKind, message: string): HostKeyDecision {
  return { failure: { kind, message, retryable: false }, warning: undefined, mayTypePassword: false };
}
