/**
 * Values as attributes of items: short texts as they are, longer ones compressed, and what would make an item too large
 * in the bucket, under its hash. Nothing is ever cut.
 *
 * Compressed with deflate: of the results of ten tasks, 9 KB, it leaves 0.9 KB, and zstd, which older Nodes on laptops
 * cannot read, 0.8 KB.
 */

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { limits } from '../base/limits.ts';
import type { Item } from './dynamo-requests.ts';
import type { Blobs } from './run-store.ts';

/** Puts texts and bytes into attributes and gets them out again. */
export type ValuePacker = {
  /** `bytesMax`: what may lie in the item itself. */
  readonly packText: (text: string, bytesMax: number) => Promise<AttributeValue>;
  readonly packBytes: (bytes: Uint8Array, bytesMax: number) => Promise<AttributeValue>;
  readonly unpackText: (value: AttributeValue | undefined) => Promise<string>;
  readonly unpackBytes: (value: AttributeValue | undefined) => Promise<Uint8Array>;
};

/** A packer whose large values go to `blobs`, for as long as runs are kept. */
export function createValuePacker(blobs: Blobs): ValuePacker {
  const packBytes = async (bytes: Uint8Array, bytesMax: number): Promise<AttributeValue> =>
    bytes.length <= bytesMax ? { B: bytes } : { M: { hash: { S: await blobs.putBlob(bytes, 'run') } } };
  const unpackBytes = async (value: AttributeValue | undefined): Promise<Uint8Array> => {
    if (value?.B !== undefined) return value.B;
    const hash = value?.M?.hash?.S;
    if (hash === undefined) throw new Error('an item of the store holds no value where it should');
    return blobs.getBlob(hash, 'run');
  };
  return {
    packText: async (text, bytesMax) => {
      const bytes = Buffer.from(text);
      if (bytes.length < limits.storeCompressBytesMin) return { S: text };
      return packBytes(deflateRawSync(bytes), bytesMax);
    },
    packBytes,
    unpackText: async (value) => {
      if (value?.S !== undefined) return value.S;
      const bytes = await unpackBytes(value);
      return inflateRawSync(bytes, { maxOutputLength: limits.storedValueBytesMax }).toString();
    },
    unpackBytes,
  };
}

/** An attribute that is a number. */
export function numberValue(value: number): AttributeValue {
  return { N: String(value) };
}

/** The number of an attribute; undefined when it is not there. */
export function numberOf(item: Item, name: string): number | undefined {
  const text = item[name]?.N;
  return text === undefined ? undefined : Number(text);
}

/** The number of an attribute that is always there. */
export function presentNumber(item: Item, name: string): number {
  const number = numberOf(item, name);
  if (number === undefined) throw new Error(`an item of the store has no ${name}`);
  return number;
}
