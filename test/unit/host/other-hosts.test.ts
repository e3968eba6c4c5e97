/** Reading what other hosts have set: how often a template suspends, and how many journals are read for it. */

import { expect, test } from 'vitest';
import type { HostPast } from '../../../functions/host/host-stream.ts';
import { type OtherHostsDeps, otherHosts } from '../../../functions/host/other-hosts.ts';
import { limits } from '../../../shared/base/limits.ts';
import { Suspension } from '../../../shared/template/template-error.ts';

const PEERS = Array.from({ length: 1000 }, (_, index) => `web${index}`);
const unborn: HostPast = { next: 0, start: undefined, batch: undefined, changes: [], saidSinceAnswer: [] };

function fleetWith(read: (host: string) => Promise<HostPast>): (host: string) => unknown {
  const unused = (): never => {
    throw new Error('none of these hosts has a journal');
  };
  // Hosts without a past need of all that only facts.
  const deps = { read, peers: async () => PEERS, readFacts: async () => undefined, contextOf: unused };
  return otherHosts({
    ...deps,
    stage: { batch: 0, orders: [] },
    isReached: unused,
  } as unknown as OtherHostsDeps);
}

/** Asks until all hosts answer, as a template does that is rendered again; gives how often it was suspended. */
async function askAll(hosts: readonly string[], varsOf: (host: string) => unknown): Promise<number> {
  for (let suspensions = 0; ; suspensions += 1) {
    try {
      for (const host of hosts) varsOf(host);
      return suspensions;
    } catch (error) {
      if (!(error instanceof Suspension) || error.until === 'sync') throw error;
      await error.until;
      await new Promise(setImmediate);
    }
  }
}

test('one host that is asked for is one journal that is read', async () => {
  const read: string[] = [];
  const varsOf = fleetWith(async (host) => {
    read.push(host);
    return unborn;
  });
  expect(await askAll(['web7'], varsOf)).toBe(1);
  expect(read).toEqual(['web7']);
});

test('a template over all hosts does not suspend once for each', async () => {
  const read: string[] = [];
  const varsOf = fleetWith(async (host) => {
    read.push(host);
    return unborn;
  });
  expect(await askAll(PEERS, varsOf)).toBeLessThan(8 + PEERS.length / limits.hostsReadAheadMax);
  expect(read.toSorted()).toEqual(PEERS.toSorted());
});

test('a journal that was read ahead in vain is missed only by who asks for it', async () => {
  const varsOf = fleetWith((host) =>
    host === 'web5' ? Promise.reject(new Error('throttled')) : Promise.resolve(unborn),
  );
  expect(await askAll(['web2', 'web3', 'web4', 'web6'], varsOf)).toBeGreaterThan(0);
  await expect(askAll(['web5'], varsOf)).rejects.toThrow('throttled');
});
