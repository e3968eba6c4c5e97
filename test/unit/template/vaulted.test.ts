/** Vaulted variables: sealed until their text is needed, and still sealed for what looks at the seal. */

import { expect, test } from 'vitest';
import { Secret } from '../../../shared/base/secret.ts';
import type { Value } from '../../../shared/base/value.ts';
import { sealVault } from '../../../shared/base/vault.ts';
import { pythonError } from '../../../shared/template/python/error.ts';
import { asTemplate, Vaulted } from '../../../shared/template/python/special.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { createEnvironment, dictLayer } from '../../../shared/template/scope.ts';
import { makeEnvironment } from './recorded-cases.ts';

const password = new Secret('pass');
const envelope = sealVault(Buffer.from('hidden'), { id: 'default', password }, new Uint8Array(32));

function render(template: string, decrypt: (ciphertext: string) => string): Value {
  const layer = dictLayer(new Map<Value, Value>([['sealed', new Vaulted(envelope)]]));
  const env = createEnvironment([layer], { ...makeEnvironment({}, {}, false), decrypt });
  return renderValue(asTemplate(template), env);
}

test('behaves as its text, decrypted once', () => {
  let count = 0;
  const decrypt = (): string => {
    count++;
    return 'hidden';
  };
  expect(render('{{ sealed }}', decrypt)).toBe('hidden');
  expect(count).toBe(1);
  expect(render('{{ sealed | upper }}-{{ sealed ~ 1 }} {{ sealed == "hidden" }}', decrypt)).toBe(
    'HIDDEN-hidden1 True',
  );
  expect(count).toBe(2);
});

test('is opened by a filter with a secret of its own where no other is known', () => {
  const decrypt = (): string => {
    throw pythonError('AnsibleVaultError', 'Attempting to decrypt but no vault secrets found');
  };
  expect(render('{{ sealed | unvault("pass") }}', decrypt)).toBe('hidden');
  expect(render('{{ sealed is vault_encrypted }}', decrypt)).toBe(true);
  expect(render('{{ sealed | type_debug }}', decrypt)).toBe('AnsibleVaultEncryptedUnicode');
  expect(() => render('{{ sealed }}', decrypt)).toThrow('no vault secrets found');
});

test('inside a list or dict is opened only where it is used', () => {
  const nested = new Map<Value, Value>([
    ['open', 'plain'],
    ['sealed', new Vaulted(envelope)],
  ]);
  const layer = dictLayer(new Map<Value, Value>([['nested', nested]]));
  const decrypt = (): string => {
    throw pythonError('AnsibleVaultError', 'Attempting to decrypt but no vault secrets found');
  };
  const env = createEnvironment([layer], { ...makeEnvironment({}, {}, false), decrypt });
  expect(renderValue(asTemplate('{{ nested.open }} {{ nested | length }}'), env)).toBe('plain 2');
  expect(renderValue(asTemplate('{{ nested.sealed is string }}'), env)).toBe(false);
  expect(renderValue(asTemplate('{{ nested | to_yaml }}'), env)).toContain('!vault |');
  expect(() => renderValue(asTemplate('{{ nested }}'), env)).toThrow('no vault secrets found');
});
