/** What a deployment's template switches on, and the emulators know nothing of: told to those who look whether it is on. */

import type { IncomingMessage } from 'node:http';
import { EXPIRES } from '../../shared/store/dynamo-schema.ts';
import { type Answer, targetAction } from './http-front.ts';

/** Time to live and point-in-time recovery of the table. */
export function tableAnswer(request: IncomingMessage): Answer | undefined {
  switch (targetAction(request)) {
    case 'DescribeTimeToLive':
      return dynamo({ TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: EXPIRES } });
    case 'DescribeContinuousBackups': {
      const PointInTimeRecoveryDescription = { PointInTimeRecoveryStatus: 'ENABLED' };
      const status = { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription };
      return dynamo({ ContinuousBackupsDescription: status });
    }
    default:
      return undefined;
  }
}

/** The bucket's block of public access. */
export function bucketAnswer({ method, url = '' }: IncomingMessage): Answer | undefined {
  if (method !== 'GET' || !/\?publicAccessBlock\b/.test(url)) return undefined;
  const settings = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
  const elements = settings.map((name) => `<${name}>true</${name}>`).join('');
  const body = `<?xml version="1.0" encoding="UTF-8"?><PublicAccessBlockConfiguration>${elements}</PublicAccessBlockConfiguration>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

function dynamo(body: unknown): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(body),
  };
}
