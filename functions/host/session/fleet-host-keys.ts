/** Judges a host's key by the record that all functions share: the key that was seen first must be seen ever after. */

import { type Failure, FailureError } from '../../../shared/base/failure.ts';
import type { Fleet } from '../../../shared/store/run-store.ts';
import type { HostKeyDecision } from './host-key.ts';
import { fingerprint, hostKeyType, keyTypeTitle, knownHostName } from './known-hosts.ts';
import type { SshPlan } from './ssh-plan.ts';

/** The record, by address as known_hosts files write it; keys are `type base64`. Its methods throw FailureError. */
export type FleetHostKeys = {
  readonly known: (address: string) => Promise<string | undefined>;
  /** Keeps the key unless one is kept already; gives the one that is kept. */
  readonly record: (address: string, key: string) => Promise<string>;
  /** `strict`: a host that is in no known_hosts file and not on record is refused. */
  readonly policy: HostKeyPolicy;
};

export type HostKeyPolicy = 'first-use' | 'strict';

/** What SORTIE_HOST_KEYS says; undefined when it is neither of the two. */
export function hostKeyPolicy(text: string | undefined): HostKeyPolicy | undefined {
  if (text === undefined || text === '') return 'first-use';
  return text === 'first-use' || text === 'strict' ? text : undefined;
}

/** The record that the store keeps. */
export function fleetHostKeys(
  store: Pick<Fleet, 'readHostKey' | 'recordHostKey'>,
  policy: HostKeyPolicy,
): FleetHostKeys {
  return { known: store.readHostKey, record: store.recordHostKey, policy };
}

/** What the record has for a host. */
export type Recorded =
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'found'; readonly key: string };

/** Looks a host up. Never rejects: a record that cannot be read matters only once the host has shown its key. */
export async function lookUpHostKey(plan: SshPlan, fleet: FleetHostKeys): Promise<Recorded> {
  try {
    const key = await fleet.known(addressOf(plan));
    return key === undefined ? { kind: 'absent' } : { kind: 'found', key };
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error) };
  }
}

/** The type of the key on record, so that the host is asked for a key that can be compared. */
export function recordedType(recorded: Recorded | undefined): string | undefined {
  return recorded?.kind === 'found' ? recorded.key.split(' ')[0] : undefined;
}

/** Judges the key of a host that no known_hosts file knows; records it when it is the first. */
export async function decideByFleet(
  plan: SshPlan,
  fleet: FleetHostKeys,
  seen: { readonly key: Buffer; readonly recorded: Recorded },
): Promise<HostKeyDecision> {
  const { key, recorded } = seen;
  switch (recorded.kind) {
    case 'failed':
      return refused(recorded.failure);
    case 'found':
      return compare(plan, key, recorded.key);
    case 'absent':
      return fleet.policy === 'strict' && plan.hostKeyChecking === 'yes'
        ? refused({ kind: 'host-key-unknown', message: unknownMessage(plan, key), retryable: false })
        : await recordFirst(plan, fleet, key);
    default:
      return recorded satisfies never;
  }
}

async function recordFirst(plan: SshPlan, fleet: FleetHostKeys, key: Buffer): Promise<HostKeyDecision> {
  try {
    return compare(plan, key, await fleet.record(addressOf(plan), recordText(key)));
  } catch (error) {
    return refused(failureOf(error));
  }
}

function compare(plan: SshPlan, key: Buffer, recorded: string): HostKeyDecision {
  if (recorded === recordText(key)) return { failure: undefined, warning: undefined, mayTypePassword: true };
  const message = changedMessage(plan, key, recorded);
  if (plan.hostKeyChecking === 'no') {
    const warning = `${message}\nPassword authentication is disabled to avoid man-in-the-middle attacks.`;
    return { failure: undefined, warning, mayTypePassword: false };
  }
  return refused({
    kind: 'host-key-mismatch',
    message: `${message}\nHost key verification failed.`,
    retryable: false,
  });
}

function changedMessage(plan: SshPlan, key: Buffer, recorded: string): string {
  const [type = '', base64 = ''] = recorded.split(' ');
  const name = addressOf(plan);
  return (
    `REMOTE HOST IDENTIFICATION HAS CHANGED! ${name} shows the ${keyTypeTitle(hostKeyType(key))} key ` +
    `${fingerprint(key)}, but the ${keyTypeTitle(type)} key ${fingerprint(Buffer.from(base64, 'base64'))} was recorded ` +
    'when a function first connected to it. ' +
    'Someone may be reading the connection (man-in-the-middle attack), or the host has a new key. ' +
    'When the new key is right, put this line into the file known_hosts beside the playbook, which goes before the record: ' +
    `${name} ${recordText(key)}; or delete the item with pk "host-key#${name}" and sk "key" from the deployment's table`
  );
}

function unknownMessage(plan: SshPlan, key: Buffer): string {
  const name = addressOf(plan);
  return (
    `No ${keyTypeTitle(hostKeyType(key))} host key is known for ${name} and SORTIE_HOST_KEYS is strict. ` +
    `The host's key is ${fingerprint(key)}; to trust it, put this line into the file known_hosts beside the playbook: ` +
    `${name} ${recordText(key)}\nHost key verification failed.`
  );
}

function addressOf(plan: SshPlan): string {
  return knownHostName(plan.hostKeyName, plan.hostKeyPort);
}

function recordText(key: Buffer): string {
  return `${hostKeyType(key)} ${key.toString('base64')}`;
}

function refused(failure: Failure): HostKeyDecision {
  return { failure, warning: undefined, mayTypePassword: false };
}

function failureOf(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  const message = `The record of host keys cannot be used: ${error instanceof Error ? error.message : error}`;
  return { kind: 'store-failed', message, retryable: true };
}
