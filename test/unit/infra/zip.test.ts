import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { zip } from '../../../scripts/zip.ts';

const first = { 'b.txt': Buffer.from('b'.repeat(1000)), 'a.txt': Buffer.from('é') };

test('the order in which files are given does not matter, their content does', () => {
  const second = { 'a.txt': first['a.txt'], 'b.txt': first['b.txt'] };
  expect(zip(second)).toEqual(zip(first));
  expect(zip({ ...first, 'a.txt': Buffer.from('e') })).not.toEqual(zip(first));
});

test('an archive holds each file, with its time, mode and checksum', () => {
  const archive = zip({ 'a.txt': Buffer.from('a'.repeat(300)) });
  const packedBytes = archive.readUInt32LE(18);
  const content = inflateRawSync(archive.subarray(30 + 5, 30 + 5 + packedBytes));
  expect(content.toString()).toBe('a'.repeat(300));
  const directory = archive.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  expect(archive.readUInt16LE(directory + 14)).toBe(0x21);
  expect(archive.readUInt32LE(directory + 16)).toBe(archive.readUInt32LE(14));
  expect(archive.readUInt32LE(directory + 38) >>> 16).toBe(0o100644);
  expect(archive.readUInt32LE(archive.length - 6)).toBe(directory);
});
