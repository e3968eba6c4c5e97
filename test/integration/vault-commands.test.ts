/** `sortie vault` prints, ends with and leaves behind what ansible-vault does; see test/record/vault_commands.py. */

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../shared/base/secret.ts';
import { openVault } from '../../shared/base/vault.ts';
import { type BundledCli, bundleCli } from '../fleet/bundled-cli.ts';
import { whyNoOracle } from '../property/oracle.ts';

const CASES = join(import.meta.dirname, '../cases/vault-commands');
const SECRETS = ['one', 'two', 'three four', 'wrong'].map((password) => ({
  id: password,
  password: new Secret(password),
}));

type Step = {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly stdinFile?: string;
  readonly env?: Readonly<Record<string, string>>;
};
type Case = {
  readonly name: string;
  readonly steps: readonly (Step | readonly string[])[];
  readonly modes?: Readonly<Record<string, string>>;
  readonly config?: string;
};
type Shown = string | { readonly base64: string };
type Left = readonly [mode: string, content: Shown];
type Ended = {
  readonly exitCode: number | null;
  readonly stdout: Shown;
  readonly stderr: Shown;
  readonly files: Readonly<Record<string, Left | null>>;
};

const cases = parseJson<readonly Case[]>('cases.json');
const recorded = parseJson<Readonly<Record<string, readonly Ended[]>>>('recorded.json');

let cli: BundledCli;
beforeAll(async () => {
  cli = await bundleCli();
});
afterAll(() => cli?.remove());

test.each(cases)('$name', (each) => {
  expect(runCase(each)).toEqual(recorded[each.name]);
});

const missing = whyNoOracle();
if (missing !== undefined) process.stdout.write(`nothing is compared with ansible-vault: ${missing}\n`);

describe.skipIf(missing !== undefined)('beside ansible-vault', () => {
  test('what is recorded is what it does', { timeout: 300_000 }, () => {
    const parent = mkdtempSync(join(tmpdir(), 'sortie-record-'));
    try {
      cpSync(join(CASES, '../../record'), join(parent, 'record'), { recursive: true });
      cpSync(CASES, join(parent, 'cases/vault-commands'), { recursive: true, verbatimSymlinks: true });
      rmSync(join(parent, 'cases/vault-commands/recorded.json'));
      const recorder = join(parent, 'record/vault_commands.py');
      const { status, stderr } = spawnSync('/usr/bin/python3', [recorder], { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(parseJson(join(parent, 'cases/vault-commands/recorded.json'))).toEqual(recorded);
    } finally {
      rmSync(parent, { recursive: true });
    }
  });

  test('it opens what sortie seals, byte for byte', () => {
    const names = ['plain.yml', 'noend', 'nothing', 'crlf', 'binary'];
    const directory = mkdtempSync(join(tmpdir(), 'sortie-vault-'));
    const vault = (program: readonly string[], ...args: readonly string[]): void => {
      const [command = '', ...first] = program;
      const { status, stderr } = spawnSync(command, [...first, ...args], {
        cwd: directory,
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([0, '']);
    };
    try {
      cpSync(join(CASES, 'project'), directory, { recursive: true, verbatimSymlinks: true });
      for (const vaultId of ['one', 'dev@two', 'a b@spaced', 'prod@keys-client.sh']) {
        vault([process.execPath, cli.main, 'vault'], 'encrypt', '--vault-id', vaultId, ...names);
        vault(['ansible-vault'], 'decrypt', '--vault-id', vaultId, ...names);
        for (const name of names)
          expect(readFileSync(join(directory, name))).toEqual(readFileSync(join(CASES, 'project', name)));
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

function parseJson<T>(name: string): T {
  return JSON.parse(readFileSync(resolve(CASES, name), 'utf8')) as T;
}

/** Runs the commands of a case one after the other, as the recorder does. */
function runCase({ config, modes = {}, steps }: Case): readonly Ended[] {
  // As many characters as the recorder's directory has, since warnings are wrapped.
  const parent = mkdtempSync('/tmp/vault-aa');
  const directory = join(parent, 'project');
  try {
    cpSync(join(CASES, 'project'), directory, { recursive: true, verbatimSymlinks: true });
    for (const name of filesIn(directory)) {
      const { mode } = lstatSync(join(directory, name));
      if ((mode & 0o170000) === 0o100000)
        chmodSync(join(directory, name), (mode & 0o100) === 0 ? 0o644 : 0o755);
    }
    for (const [name, mode] of Object.entries(modes))
      chmodSync(join(directory, name), Number.parseInt(mode, 8));
    if (config !== undefined) writeFileSync(join(directory, 'ansible.cfg'), config);
    return steps.map((step) => runStep('args' in step ? step : { args: step }, directory));
  } finally {
    rmSync(parent, { recursive: true });
  }
}

function runStep({ args, env, stdin = '', stdinFile }: Step, directory: string): Ended {
  const before = tree(directory);
  const done = spawnSync('setsid', ['-w', process.execPath, cli.main, 'vault', ...args], {
    cwd: directory,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: directory,
      LANG: 'C.UTF-8',
      ...env,
    },
    input: stdinFile === undefined ? stdin : readFileSync(join(directory, stdinFile)),
  });
  const after = tree(directory);
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const changed = names.filter((name) => key(before.get(name)) !== key(after.get(name)));
  return {
    exitCode: done.status,
    stdout: shown(done.stdout, directory),
    stderr: shown(done.stderr, directory),
    files: Object.fromEntries(
      changed.map((name) => {
        const file = after.get(name);
        return [name, file === undefined ? null : [file.mode, shown(file.content, directory)]];
      }),
    ),
  };
}

type File = { readonly mode: string; readonly content: Buffer };

function key(file: File | undefined): string {
  return file === undefined ? '' : `${file.mode} ${file.content.toString('hex')}`;
}

/** The modes and contents of all files. */
function tree(directory: string): ReadonlyMap<string, File> {
  return new Map(
    filesIn(directory).map((name) => {
      const path = join(directory, name);
      const stat = lstatSync(path);
      if (stat.isSymbolicLink()) return [name, { mode: 'link', content: Buffer.from(readlinkSync(path)) }];
      return [name, { mode: (stat.mode & 0o7777).toString(8), content: readFileSync(path) }];
    }),
  );
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.startsWith('.') && !lstatSync(join(directory, name)).isDirectory(),
  );
}

/** A text without what is never the same; of bytes that are no text, their base64. */
function shown(raw: Buffer, directory: string): Shown {
  const text = raw.toString();
  if (!Buffer.from(text).equals(raw)) return { base64: raw.toString('base64') };
  return text
    .replaceAll(directory, '<DIR>')
    .replace(/usage: sortie vault[\s\S]*?(?=sortie vault.*: error:)/, '')
    .replace(/sortie vault(?=.*: error:)/, 'PROGRAM')
    .replace(/\$ANSIBLE_VAULT;([^\n]*)((?:\n *[0-9a-f]+)+)(\n?)/g, opened)
    .replace(/\/[^ '"\n]*\/sortie-vault-\w{6}\/edited(\.\w+)?/g, '<TEMPORARY>$1');
}

/** What a sealed text is, and that it is laid out as it should be. */
function opened(whole: string, header: string, body: string, end: string): string {
  const lines = body.replace(/^\n/, '').split('\n');
  const [first = ''] = lines;
  const indent = first.length - first.trimStart().length;
  const last = lines.at(-1)?.trim() ?? '';
  const isRight = lines.slice(0, -1).every((line) => line.length === indent + 80) && last.length <= 80;
  const sealed = [`$ANSIBLE_VAULT;${header}`, ...lines.map((line) => line.trim())].join('\n');
  for (const secret of SECRETS) {
    const got = openVault(sealed, [secret]);
    if (got.kind === 'refused') continue;
    const hidden = asciiJson(Buffer.from(got.plaintext).toString('latin1'));
    return `<SEALED ${header} by ${secret.id}, ${isRight ? indent : 'badly laid out'}: ${hidden}>${end}`;
  }
  return whole;
}

/** JSON as Python writes it. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
