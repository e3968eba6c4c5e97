/** Vaulted facts stay sealed: nothing decrypts what nobody reads. */

import { expect, test } from 'vitest';
import { fakeHost, result } from './fake-host.ts';

test('set_fact keeps a vaulted value as it is', async () => {
  const envelope = '$ANSIBLE_VAULT;1.1;AES256\n              3132\n';
  const yaml =
    '- hosts: all\n  gather_facts: false\n  tasks:\n    - set_fact:\n        sealed: !vault |\n' +
    `              ${envelope}    - command: "{{ sealed is vault_encrypted }} {{ sealed | type_debug }}"\n`;
  const host = fakeHost(yaml, () => result());
  await host.run.run('ahead');
  expect(host.sent).toEqual(['True AnsibleVaultEncryptedUnicode']);
});
