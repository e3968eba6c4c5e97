/** All that runs have left in the cloud, as texts to search. */

import zlib from 'node:zlib';
import type { DeployedCloud } from './deployed-cloud.ts';

/** Inputs, results and every operation of all executions. */
export function historiesOf({ cloud }: DeployedCloud): string {
  const { executions } = cloud;
  return JSON.stringify(executions.list().map((summary) => [summary, executions.operations(summary.arn)]));
}

/** Everything in the table: as it stands there, and unpacked where it can be. */
export async function itemsOf(deployed: DeployedCloud): Promise<readonly string[]> {
  const answer = await fetch(deployed.cloud.endpoints.dynamodb, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.Scan',
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({ TableName: deployed.environment.SORTIE_TABLE }),
  });
  const text = await answer.text();
  const packed = [...text.matchAll(/"B":"([^"]*)"/g)].map(([, base64 = '']) => Buffer.from(base64, 'base64'));
  return [text, ...packed.flatMap(readings)];
}

/** Every object of the bucket, likewise. */
export async function objectsOf(deployed: DeployedCloud): Promise<readonly string[]> {
  const place = `${deployed.cloud.endpoints.s3}/${deployed.environment.SORTIE_BUCKET}`;
  const listing = await (await fetch(`${place}?list-type=2`)).text();
  const keys = [...listing.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
  const bodies = await Promise.all(
    keys.map(async (key) => Buffer.from(await (await fetch(`${place}/${key}`)).arrayBuffer())),
  );
  return bodies.flatMap(readings);
}

/** What bytes say: as they are, and decompressed by whatever can. */
function readings(bytes: Buffer): readonly string[] {
  const ways = [
    zlib.gunzipSync,
    zlib.inflateSync,
    zlib.inflateRawSync,
    zlib.brotliDecompressSync,
    zlib.zstdDecompressSync,
  ];
  const unpacked = ways.flatMap((unpack) => {
    try {
      return [unpack(bytes).toString('latin1')];
    } catch {
      return [];
    }
  });
  return [bytes.toString('latin1'), ...unpacked];
}
