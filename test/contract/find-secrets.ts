/** Searches what a run has left behind for secrets, in the shapes in which they could have got there. */

import type { Secret } from '../../shared/base/secret.ts';

/** Shorter lines of a key say nothing by themselves. */
const LINE_CHARS_MIN = 20;

/** The names of the secrets that stand in `text`: as they are, escaped as in JSON, in base64 or hex, or line by line. */
export function findSecrets(text: string, secrets: ReadonlyMap<string, Secret>): readonly string[] {
  return [...secrets]
    .filter(([, secret]) => shapesOf(secret).some((shape) => text.includes(shape)))
    .map(([name]) => name);
}

function shapesOf(secret: Secret): readonly string[] {
  const plain = secret.reveal().trimEnd();
  const lines = plain
    .split('\n')
    .filter((line) => line.length >= LINE_CHARS_MIN && !line.startsWith('-----'));
  const escaped = escapeJson(plain);
  const bytes = Buffer.from(plain);
  return [
    plain,
    escaped,
    escapeJson(escaped),
    bytes.toString('hex'),
    ...[0, 1, 2]
      .map((shift) => base64Inside(bytes, shift))
      .filter((part) => part.length >= LINE_CHARS_MIN / 2),
    bytes.toString('base64'),
    ...lines,
  ].filter((shape) => shape !== '');
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** What stays the same of the bytes' base64 when `shift` bytes stand before them, and others behind. */
function base64Inside(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  return text.slice(shift === 0 ? 0 : shift + 1, -2);
}
