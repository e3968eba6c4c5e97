/** Makes the table and the bucket of a deployment, as its template does in AWS. */

import { dynamoTable } from '../../shared/store/dynamo-schema.ts';

/** Creates the table unless it is there. */
export async function createTable(endpoint: string, name: string): Promise<void> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.CreateTable',
      'x-amz-date': '20260101T000000Z',
      // The emulator wants to see a signature, and looks no further.
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(dynamoTable(name)),
  });
  const text = await answer.text();
  if (answer.ok || text.includes('ResourceInUseException')) return;
  throw new Error(`cannot create the table ${name}: ${text}`);
}

/** Creates the bucket unless it is there. */
export async function createBucket(endpoint: string, name: string): Promise<void> {
  const answer = await fetch(`${endpoint}/${name}`, { method: 'PUT' });
  const text = await answer.text();
  if (answer.ok || text.includes('BucketAlreadyOwnedByYou')) return;
  throw new Error(`cannot create the bucket ${name}: ${text}`);
}
