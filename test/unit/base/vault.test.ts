/** Vaults open and seal byte for byte as ansible-core opens and seals them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/base/secret.ts';
import { openVault, sealVault } from '../../../shared/base/vault.ts';

type Case = {
  readonly sealed: string;
  readonly secrets: readonly (readonly [string, string])[];
  readonly match?: boolean;
  readonly file?: string;
  /** Of envelopes that were sealed with the salt at hand. */
  readonly text?: string;
  readonly id?: string;
  readonly opened?: readonly [string, string];
  readonly error?: string;
};

const path = join(import.meta.dirname, '../../cases/vault/cases.json');
const { salt, cases } = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly salt: string;
  readonly cases: readonly Case[];
};

describe('vaults', () => {
  for (const [index, one] of cases.entries()) {
    const secrets = one.secrets.map(([id, password]) => ({ id, password: new Secret(password) }));

    it(`opens or refuses envelope ${index}: ${one.error ?? one.opened?.[0]?.slice(0, 20)}`, () => {
      const options = {
        mustMatchId: one.match ?? false,
        ...(one.file === undefined ? {} : { file: one.file }),
      };
      const result = openVault(one.sealed, secrets, options);
      const actual =
        result.kind === 'opened'
          ? { opened: [new TextDecoder().decode(result.plaintext), result.secret.id] }
          : { error: result.message };
      expect(actual).toEqual(one.error === undefined ? { opened: one.opened } : { error: one.error });
    });

    if (one.text !== undefined && secrets[0] !== undefined) {
      const [secret] = secrets;
      const { text } = one;
      it(`seals envelope ${index}`, () => {
        expect(sealVault(new TextEncoder().encode(text), secret, Buffer.from(salt, 'hex'))).toBe(one.sealed);
      });
    }
  }
});
