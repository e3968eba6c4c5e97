/** What every run store must do, whatever it is built on. */

import { afterEach, beforeEach, describe } from 'vitest';
import type { RunStore } from '../../shared/store/run-store.ts';
import { testFleet } from './run-store-fleet.ts';
import { testRunHistory } from './run-store-history.ts';
import { testHostStreams } from './run-store-streams.ts';

export type OpenStore = () => Promise<OpenedStore>;

export type OpenedStore = {
  readonly store: RunStore;
  /** Opens the same store once more. */
  readonly again: () => Promise<RunStore>;
  readonly remove: () => Promise<void>;
};

/** The contract as tests; each begins with an empty store. */
export function testRunStore(name: string, open: OpenStore): void {
  describe(`run store: ${name}`, () => {
    let store: OpenedStore | undefined;
    const opened = (): OpenedStore => {
      if (store === undefined) throw new Error('no store is open');
      return store;
    };
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => opened().remove());
    describe('runs', () => testRunHistory(opened));
    describe('streams of hosts', () => testHostStreams(opened));
    describe('what outlives runs', () => testFleet(opened));
  });
}
