/** The cloud's store against emulators: the contract of all stores, and what is its own. */

import { afterAll, beforeAll } from 'vitest';
import { openDynamoStore } from '../../../shared/store/dynamo-store.ts';
import { testRunStore } from '../../contract/run-store.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.close());

testRunStore('DynamoDB and S3', async () => {
  const options = await aws.create();
  return {
    store: openDynamoStore(options),
    again: async () => openDynamoStore(options),
    remove: async () => undefined,
  };
});
