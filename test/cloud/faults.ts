/** What goes wrong in a run on purpose: processes of the cloud and of hosts that die, services that refuse or are slow. */

import { randomInt } from 'node:crypto';
import type { InvocationStart } from '../../cli/cloud-local/environment-pool.ts';
import type { Faults, RequestFault, RequestInfo } from '../../cli/cloud-local/faults.ts';
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

export function faultMaker(kind: FaultKind, cloud: () => LocalCloud): FaultMaker {
  let count = 0;
  const counted = <Fault>(fault: Fault): Fault => {
    count += 1;
    return fault;
  };
  const nothing: FaultMaker = {
    count: () => count,
    faults: {},
    onInvocation: () => undefined,
    disturb: () => () => undefined,
  };
  const later = (name: string, strike: (pid: number) => void): FaultMaker => ({
    ...nothing,
    onInvocation: ({ functionName, pid }) => {
      if (functionName !== name || randomInt(3) === 0) return;
      setTimeout(() => {
        strike(pid);
      }, randomInt(900));
    },
  });
  const isBusy = (pid: number): boolean =>
    cloud()
      .environments.list()
      .some((environment) => environment.pid === pid && environment.state === 'busy');
  const kill = (pid: number): void => {
    if (isBusy(pid)) counted(cloud().environments.kill(pid));
  };
  const freeze = (pid: number): void => {
    if (!isBusy(pid)) return;
    counted(cloud().environments.freeze(pid));
    cloud().environments.abandon(pid);
    setTimeout(() => {
      cloud().environments.thaw(pid);
    }, 500 + randomInt(2500));
  };
  const requests = (fault: (request: RequestInfo) => RequestFault | undefined): FaultMaker => ({
    ...nothing,
    faults: {
      request: (request) => {
        const found = fault(request);
        return found === undefined ? undefined : counted(found);
      },
    },
  });
  const hosts = (strike: (host: FleetHost) => boolean, everyMs: number): FaultMaker => ({
    ...nothing,
    disturb: (fleet) => {
      const timer = setInterval(() => {
        const host = fleet.hosts[randomInt(fleet.hosts.length)];
        if (host !== undefined && strike(host)) count += 1;
      }, everyMs);
      return () => clearInterval(timer);
    },
  });
  switch (kind) {
    case 'host function killed':
      return later(HOST, kill);
    case 'host function frozen':
      return later(HOST, freeze);
    case 'controller killed':
      return later(CONTROLLER, kill);
    case 'connection cut':
      return hosts((host) => killSome(host, ({ command }) => /^sshd: \w+(@notty)?( |$)/.test(command)), 150);
    case 'agent killed':
      return hosts((host) => killSome(host, ({ command }) => command.includes('python3')), 400);
    case 'host rebooted':
      return hosts((host) => killSome(host, ({ isFirst }) => !isFirst), 1500);
    case 'store failing':
      return requests(({ service }) =>
        service === 'dynamodb' || service === 's3' ? oneOf(storeFaults, 6) : undefined,
      );
    case 'calls throttled':
      return requests(({ service }) => (service === 'lambda' ? oneOf([{ kind: 'throttle' }], 5) : undefined));
    case 'delivered three times':
      return {
        ...nothing,
        faults: { delivery: () => counted({ kind: 'duplicate', copies: 3 }) },
      };
    default:
      return kind satisfies never;
  }
}

const storeFaults: readonly RequestFault[] = [
  { kind: 'throttle' },
  { kind: 'fail' },
  { kind: 'delay', ms: 400 },
  { kind: 'lose-answer' },
];

function oneOf(faults: readonly RequestFault[], outOf: number): RequestFault | undefined {
  return randomInt(outOf) === 0 ? faults[randomInt(faults.length)] : undefined;
}

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
