/** The requests to S3 that the store makes. A file of its own, loaded with the first request: the client takes 70 ms. */

import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { limits } from '../base/limits.ts';
import { clientDefaults } from './client-defaults.ts';

export type Place = { readonly Bucket: string; readonly Key: string };

export type S3Requests = {
  /** `sha256` of the bytes, in base64: S3 refuses others. */
  readonly putObject: (place: Place, body: Uint8Array, sha256: string) => Promise<void>;
  readonly getObject: (place: Place) => Promise<Uint8Array>;
  readonly headObject: (place: Place) => Promise<void>;
  readonly close: () => void;
};

/** A client with the store's own settings, and those of `config` over them. */
export function createS3Requests(config: S3ClientConfig): S3Requests {
  const defaults = clientDefaults(limits.storeObjectTimeoutMs, limits.storeObjectIdleMs);
  const client = new S3Client({ ...defaults, ...config });
  return {
    putObject: async (place, body, sha256) => {
      await client.send(new PutObjectCommand({ ...place, Body: body, ChecksumSHA256: sha256 }));
    },
    getObject: async (place) => {
      const { Body: body } = await client.send(new GetObjectCommand(place));
      return body === undefined ? new Uint8Array() : body.transformToByteArray();
    },
    headObject: async (place) => {
      await client.send(new HeadObjectCommand(place));
    },
    close: () => client.destroy(),
  };
}
