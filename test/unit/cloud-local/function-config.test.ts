/** A function is named in many ways. */

import { expect, test } from 'vitest';
import { functionArn, splitFunctionName } from '../../../cli/cloud-local/function-config.ts';

test.each([
  ['host', { name: 'host' }],
  ['host:durable', { name: 'host', qualifier: 'durable' }],
  ['host:$LATEST', { name: 'host', qualifier: '$LATEST' }],
  ['000000000000:function:host', { name: 'host' }],
  [functionArn('host'), { name: 'host' }],
  [functionArn('host', '3'), { name: 'host', qualifier: '3' }],
])('%s', (text, parts) => {
  expect(splitFunctionName(text)).toEqual(parts);
});
