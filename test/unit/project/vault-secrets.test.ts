/** Vault passwords come from files, scripts, client scripts and prompts, in Ansible's order and words. */

import { describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/base/secret.ts';
import { sealVault } from '../../../shared/base/vault.ts';
import { loadConfig } from '../../../shared/project/config/load-config.ts';
import {
  loadVaultSecrets,
  type VaultAnswer,
  type VaultArguments,
} from '../../../shared/project/config/vault-secrets.ts';
import { memoryFiles } from './memory-files.ts';

const secret = { id: 'default', password: new Secret('one') };
const files = memoryFiles({
  texts: {
    '/project/one': 'one\n',
    '/project/empty': '\n',
    '/project/sealed': sealVault(new TextEncoder().encode('two\n'), secret, new Uint8Array(32)),
    '/project/ask.sh': '#!/bin/sh',
    '/project/pass-client.py': '#!/usr/bin/python3',
  },
  environment: { ANSIBLE_VAULT_IDENTITY_LIST: 'first@one' },
  outputs: { '/project/ask.sh': 'three\n', '/project/pass-client.py --vault-id prod': 'four\n' },
});
const { value: config } = loadConfig(files);

async function load(args: Partial<VaultArguments>): Promise<readonly string[]> {
  const prompt = async (question: string): Promise<VaultAnswer> => ({
    kind: 'typed',
    password: `answer to ${question}`,
  });
  const full = { vaultIds: [], passwordFiles: [], isAsked: false, ...args };
  const { value, diagnostics } = await loadVaultSecrets(full, { files, config, prompt });
  return [
    ...value.map(({ id, password }) => `${id}: ${password.reveal()}`),
    ...diagnostics.map(({ severity, message }) => `${severity}: ${message}`),
  ];
}

describe('vault passwords', () => {
  it('come in the order of configuration, ids, files and prompt', async () => {
    const vaultIds = ['prod@pass-client.py', 'ask.sh', 'x@prompt'];
    expect(await load({ vaultIds, passwordFiles: ['sealed'], isAsked: true })).toEqual([
      'first: one',
      'prod: four',
      'default: three',
      'x: answer to Vault password (x): ',
      'default: two',
      'default: answer to Vault password: ',
    ]);
  });

  it('that cannot be had are warnings beside one that can', async () => {
    const vaultIds = ['dev@pass-client.py', 'gone', 'e@empty'];
    expect(await load({ vaultIds })).toEqual([
      'first: one',
      "warning: Error in vault password file loading (dev): Vault password client script /project/pass-client.py did not find a secret for vault-id=dev: b'unknown'",
      'warning: Error getting vault password file (None): The vault password file /project/gone was not found',
      'warning: Error in vault password file loading (e): Invalid vault password was provided from file (/project/empty)',
    ]);
  });

  it('that cannot be had are an error when there is no other', async () => {
    const bare = memoryFiles({ texts: {} });
    const { diagnostics } = await loadVaultSecrets(
      { vaultIds: [], passwordFiles: ['gone'], isAsked: false },
      { files: bare, config: loadConfig(bare).value, prompt: async () => ({ kind: 'nothing', why: 'no' }) },
    );
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning', 'error']);
  });
});
