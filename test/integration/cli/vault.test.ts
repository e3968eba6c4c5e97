/** `sortie vault` does what ansible-vault does, with its words. */

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportError } from '../../../cli/report-error.ts';
import { vault } from '../../../cli/vault.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortie-vault-test-'));
  write('password', 'one\n');
  write('other', 'two\n');
  write('plain.yml', 'secret: grüße\n');
});
afterEach(() => rmSync(directory, { recursive: true }));

const PASSWORD = ['--vault-password-file', 'password'];
/** Made by ansible-vault with the password `one`. */
const BY_ANSIBLE = `$ANSIBLE_VAULT;1.1;AES256
32366239343235303561303430663433346437363239636366366336383836636538333239386336
3230653561366162636436383635353431613730346266350a336434663864386461646335356262
33356239356366316337636230643339323366366261333466663464326562333232623639386665
6633653230666437370a383264366664633138663764386661626463616439323835646533363862
3164
`;

test('a file is encrypted for its owner only, viewed, and decrypted to what it was', async () => {
  chmodSync(join(directory, 'plain.yml'), 0o644);
  expect(await run('encrypt', ...PASSWORD, 'plain.yml')).toEqual({ exitCode: 0, out: '', err: '' });
  expect(read('plain.yml')).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n(?:[0-9a-f]{80}\n)+[0-9a-f]{1,80}\n$/);
  expect(statSync(join(directory, 'plain.yml')).mode & 0o777).toBe(0o600);
  expect((await run('view', ...PASSWORD, 'plain.yml')).out).toBe('secret: grüße\n');
  await run('decrypt', ...PASSWORD, 'plain.yml');
  expect(read('plain.yml')).toBe('secret: grüße\n');
});

test('a file that ansible-vault encrypted is opened', async () => {
  write('theirs.yml', BY_ANSIBLE);
  expect((await run('decrypt', ...PASSWORD, '--output', '-', 'theirs.yml')).out).toBe('hello\n');
});

test('a new password opens a file after rekey, and the file keeps its mode', async () => {
  await run('encrypt', '--vault-id', 'mine@password', 'plain.yml');
  expect(read('plain.yml')).toContain('$ANSIBLE_VAULT;1.2;AES256;mine\n');
  chmodSync(join(directory, 'plain.yml'), 0o640);
  const { err, exitCode } = await run(
    'rekey',
    ...PASSWORD,
    '--new-vault-password-file',
    'other',
    'plain.yml',
  );
  expect([exitCode, err]).toEqual([0, 'Rekey successful\n']);
  expect(statSync(join(directory, 'plain.yml')).mode & 0o777).toBe(0o640);
  expect((await run('view', '--vault-id', 'other', 'plain.yml')).out).toBe('secret: grüße\n');
  expect(await run('view', ...PASSWORD, 'plain.yml')).toEqual({
    exitCode: 1,
    out: '',
    err: 'ERROR! Decryption failed (no vault secrets were found that could decrypt) on plain.yml for plain.yml\n',
  });
});

test('an edited file keeps its vault id, and an unchanged one its bytes', async () => {
  await run('encrypt', '--vault-id', 'mine@password', 'plain.yml');
  const before = read('plain.yml');
  await run('edit', ...PASSWORD, 'plain.yml');
  expect(read('plain.yml')).toBe(before);
  await run({ EDITOR: 'sed -i s/secret/public/' }, 'edit', ...PASSWORD, 'plain.yml');
  expect(read('plain.yml')).toContain(';mine\n');
  expect((await run('view', ...PASSWORD, 'plain.yml')).out).toBe('public: grüße\n');
});

test('strings become YAML with their names', async () => {
  const { err, out } = await run('encrypt_string', ...PASSWORD, '-n', 'a', 'foo', 'bar');
  expect(err).toBe(
    [
      'The number of --name options do not match the number of args.',
      'The last named variable will be "a". The rest will not have names.',
      '# The encrypted version of variable ("a", the string #1 from the command line args).',
      '# The encrypted version of the string #2 from the command line args.)',
      '',
    ].join('\n'),
  );
  expect(out).toMatch(
    /^a: !vault \|\n {10}\$ANSIBLE_VAULT;1\.1;AES256\n( {10}[0-9a-f]+\n)+!vault \|\n( {10}\S+\n)+ {10}\S+$/,
  );
});

test('mistakes end with the words and exit codes of ansible-vault', async () => {
  const failing = async (...argv: readonly string[]): Promise<string> => {
    const { err, exitCode } = await run(...argv);
    return `${exitCode} ${err}`;
  };
  const path = join(directory, 'none.yml');
  const plain = join(directory, 'plain.yml');
  expect(await failing('encrypt', ...PASSWORD, 'none.yml')).toBe(
    `1 ERROR! Unable to read source file (${path}): [Errno 2] No such file or directory: '${path}'\n`,
  );
  expect(await failing('decrypt', ...PASSWORD, 'plain.yml')).toBe(
    `1 ERROR! input is not vault encrypted data. ${plain} is not a vault encrypted file for ${plain}\n`,
  );
  expect(await failing('create', ...PASSWORD, 'plain.yml')).toBe(
    "1 ERROR! plain.yml exists, please use 'edit' instead\n",
  );
  expect(await failing('encrypt', ...PASSWORD, '--encrypt-vault-id', 'x', 'plain.yml')).toBe(
    "1 ERROR! Did not find a match for --encrypt-vault-id=x in the known vault-ids ['default']\n",
  );
  const two = ['--vault-id', 'a@password', '--vault-id', 'b@other'];
  expect(await failing('encrypt', ...two, 'plain.yml')).toBe(
    '5 ERROR! The vault-ids a,b are available to encrypt. Specify the vault-id to encrypt with --encrypt-vault-id\n',
  );
  await run('encrypt', ...PASSWORD, 'plain.yml');
  expect(await failing('encrypt', ...PASSWORD, 'plain.yml')).toBe('1 ERROR! input is already encrypted\n');
  expect(await failing('bogus')).toContain('2 usage: sortie vault');
});

test('a password that nobody types ends the command', () => {
  const main = join(import.meta.dirname, '../../../cli/main.ts');
  const ended = spawnSync(
    'setsid',
    ['-w', process.execPath, main, 'vault', 'view', '--ask-vault-pass', 'plain.yml'],
    {
      cwd: directory,
      encoding: 'utf8',
      input: '',
    },
  );
  expect([ended.status, ended.stderr]).toEqual([
    1,
    [
      'Vault password: [WARNING]: Error in vault password prompt (default): EOFError (ctrl-d) on',
      'prompt for (default)',
      'ERROR! EOFError (ctrl-d) on prompt for (default)',
      '',
    ].join('\n'),
  ]);
});

type Ended = { readonly exitCode: number; readonly out: string; readonly err: string };

async function run(...argv: readonly (string | Readonly<Record<string, string>>)[]): Promise<Ended> {
  let out = '';
  let err = '';
  const words = argv.filter((each) => typeof each === 'string');
  const [environment = {}] = argv.filter((each) => typeof each !== 'string');
  const deps = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    columns: 0,
    isTerminal: false,
    environment: { EDITOR: 'true', PATH: process.env.PATH, ...environment },
    homeDirectory: directory,
    workingDirectory: directory,
  };
  const exitCode = await vault(words, deps).catch((error: unknown) => reportError(error, deps));
  return { exitCode, out, err };
}

function write(name: string, text: string): void {
  writeFileSync(join(directory, name), text);
}

function read(name: string): string {
  return readFileSync(join(directory, name), 'utf8');
}
