/** What goes wrong in a run on purpose: processes of the cloud and of hosts that die, services that refuse or are slow. */

import { randomInt } from 'node:crypto';
import type { EnvironmentInfo, InvocationStart } from '../../cli/cloud-local/environment-pool.ts';
import type { Faults, RequestFault, ServiceName } from '../../cli/cloud-local/faults.ts';
import type { LocalCloud } from '../../cli/cloud-local/local-cloud.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetHost, HostProcess } from '../fleet/fleet-host.ts';
import { CONTROLLER, HOST } from './deployed-cloud.ts';

export const FAULT_KINDS = [
  'host function killed',
  'controller killed',
  'connection cut',
  'store failing',
  'calls throttled',
  'delivered three times',
  'host function frozen',
  'agent killed',
  'host rebooted',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Makes one kind of fault at random moments, and counts. */
export type FaultMaker = {
  readonly count: () => number;
  readonly faults: Faults;
  readonly onInvocation: (start: InvocationStart) => void;
  /** Begins to disturb hosts; the answer stops it. */
  readonly disturb: (fleet: Fleet) => () => void;
};

/** After these, what tasks have done may be unknown. */
export const LEAVES_UNKNOWN: ReadonlySet<FaultKind> = new Set(['agent killed', 'host rebooted']);

/** A maker of the kind of fault; `cloud` is asked when one is due. */
export function faultMaker(kind: FaultKind, cloud: () => LocalCloud): FaultMaker {
  let count = 0;
  const struck = (): void => {
    count += 1;
  };
  return {
    count: () => count,
    faults: {},
    onInvocation: () => undefined,
    disturb: () => () => undefined,
    ...makerOf(kind, { cloud, struck }),
  };
}

type Making = { readonly cloud: () => LocalCloud; readonly struck: () => void };

function makerOf(kind: FaultKind, making: Making): Partial<FaultMaker> {
  switch (kind) {
    case 'host function killed':
      return strikeAt(HOST, making, kill);
    case 'host function frozen':
      return strikeAt(HOST, making, freeze);
    case 'controller killed':
      return strikeAt(CONTROLLER, making, kill);
    case 'connection cut':
      return strikeHosts(making, 150, ({ command }) => /^sshd: \w+(@notty)?( |$)/.test(command));
    case 'agent killed':
      return strikeHosts(making, 400, ({ command }) => command.includes('python3'));
    case 'host rebooted':
      return strikeHosts(making, 1500, ({ isFirst }) => !isFirst);
    case 'store failing':
      return failRequests(making, ['dynamodb', 's3'], storeFaults);
    case 'calls throttled':
      return failRequests(making, ['lambda'], [{ kind: 'throttle' }]);
    case 'delivered three times':
      return {
        faults: {
          delivery: () => {
            making.struck();
            return { kind: 'duplicate', copies: 3 };
          },
        },
      };
    default:
      return kind satisfies never;
  }
}

/** Strikes most invocations of a function, at a random moment of theirs. */
function strikeAt(
  name: string,
  { cloud, struck }: Making,
  strike: (pid: number, cloud: LocalCloud) => void,
): Partial<FaultMaker> {
  return {
    onInvocation: ({ functionName, pid }) => {
      if (functionName !== name || randomInt(3) === 0) return;
      setTimeout(() => {
        const isBusy = ({ pid: each, state }: EnvironmentInfo): boolean => each === pid && state === 'busy';
        if (!cloud().environments.list().some(isBusy)) return;
        strike(pid, cloud());
        struck();
      }, randomInt(900));
    },
  };
}

function kill(pid: number, { environments }: LocalCloud): void {
  environments.kill(pid);
}

/** Makes a zombie of an invocation: it counts as dead, and wakes up when another one has gone on. */
function freeze(pid: number, { environments }: LocalCloud): void {
  environments.freeze(pid);
  environments.abandon(pid);
  setTimeout(() => {
    if (environments.list().some((each) => each.pid === pid)) environments.thaw(pid);
  }, 500 + randomInt(2500));
}

/** Kills what is meant of a host's processes, again and again, on one host after the other. */
function strikeHosts(
  { struck }: Making,
  everyMs: number,
  isMeant: (process: HostProcess) => boolean,
): Partial<FaultMaker> {
  return {
    disturb: ({ hosts }) => {
      const timer = setInterval(() => {
        const host = hosts[randomInt(hosts.length)];
        if (host !== undefined && killSome(host, isMeant)) struck();
      }, everyMs);
      return () => clearInterval(timer);
    },
  };
}

/** Every sixth request to these services fails. */
function failRequests(
  { struck }: Making,
  services: readonly ServiceName[],
  faults: readonly RequestFault[],
): Partial<FaultMaker> {
  return {
    faults: {
      request: ({ service }) => {
        if (!services.includes(service) || randomInt(6) > 0) return undefined;
        struck();
        return faults[randomInt(faults.length)];
      },
    },
  };
}

const storeFaults: readonly RequestFault[] = [
  { kind: 'throttle' },
  { kind: 'fail' },
  { kind: 'delay', ms: 400 },
  { kind: 'lose-answer' },
];

function killSome(host: FleetHost, isMeant: (process: HostProcess) => boolean): boolean {
  const meant = host.processes().filter((each) => !each.isFirst && isMeant(each));
  for (const { pid } of meant) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  return meant.length > 0;
}
