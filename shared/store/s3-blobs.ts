/**
 * Bytes by their hash, in S3. Projects lie below `projects/` and are kept; what belongs to runs lies below `runs/`, which
 * the bucket empties of objects older than a run may be. A blob that is put again is written again, so that it is as
 * young as the run that needs it; its content cannot differ.
 */

import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { Clock } from '../base/clock.ts';
import { limits } from '../base/limits.ts';
import { askForEach } from './ask-for-each.ts';
import { blobHash, checkedBlob, missingBlob } from './blob-hash.ts';
import type { BlobKind, Blobs } from './run-store.ts';
import type { Place, S3Requests } from './s3-requests.ts';
import { storeFailure } from './store-failure.ts';

export type S3BlobsOptions = Pick<Clock, 'sleep'> & {
  readonly bucket: string;
  /** Settings of the SDK's client beyond the store's own. */
  readonly config?: S3ClientConfig;
};

const PREFIXES: Readonly<Record<BlobKind, string>> = { project: 'projects/', run: 'runs/' };

/** The blobs of a bucket, and how to let go of its connections. */
export function openS3Blobs({
  bucket,
  sleep,
  config = {},
}: S3BlobsOptions): Blobs & { readonly close: () => Promise<void> } {
  let loaded: Promise<S3Requests> | undefined;
  const load = async (): Promise<S3Requests> => (await import('./s3-requests.ts')).createS3Requests(config);
  const placeOf = (hash: string, kind: BlobKind): Place => ({ Bucket: bucket, Key: PREFIXES[kind] + hash });
  const ask = async <Answer>(
    action: string,
    place: Place,
    request: (s3: S3Requests) => Promise<Answer>,
  ): Promise<Answer> => {
    loaded ??= load();
    const s3 = await loaded;
    try {
      return await request(s3);
    } catch (error) {
      if (isMissing(error)) throw error;
      throw storeFailure(error, { action, resource: `${place.Key} in bucket ${bucket}` });
    }
  };
  const isThere = async (hash: string, kind: BlobKind): Promise<boolean> => {
    const place = placeOf(hash, kind);
    try {
      await ask('s3:GetObject', place, (s3) => s3.headObject(place));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  };
  return {
    putBlob: async (bytes, kind) => {
      const hash = blobHash(bytes);
      const place = placeOf(hash, kind);
      const sha256 = Buffer.from(hash, 'hex').toString('base64');
      await ask('s3:PutObject', place, (s3) => s3.putObject(place, bytes, sha256));
      return hash;
    },
    getBlob: async (hash, kind) => {
      const place = placeOf(hash, kind);
      try {
        return checkedBlob(await ask('s3:GetObject', place, (s3) => readWhole(s3, place, sleep)), hash);
      } catch (error) {
        throw isMissing(error) ? missingBlob(hash, kind) : error;
      }
    },
    missingBlobs: async (hashes, kind) => {
      const found = await askForEach(hashes, (hash) => isThere(hash, kind));
      return hashes.filter((_, index) => found[index] === false);
    },
    close: async () => (await loaded)?.close(),
  };
}

/** The client's own tries end with the answer's first byte; a connection that is cut behind it is this function's matter. */
async function readWhole(s3: S3Requests, place: Place, sleep: Clock['sleep']): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await s3.getObject(place);
    } catch (error) {
      if (attempt === limits.storeObjectReadsMax || hasStatus(error)) throw error;
    }
    await sleep(limits.storeObjectReadDelayMs * 2 ** (attempt - 1));
  }
}

/** S3 has answered, and the client has tried as often as it should. */
function hasStatus(error: unknown): boolean {
  return error instanceof Error && '$metadata' in error;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}
