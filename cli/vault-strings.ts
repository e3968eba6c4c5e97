/** `sortie vault encrypt_string`: strings as YAML that can be pasted into a file of variables. */

import { limits } from '../shared/base/limits.ts';
import type { VaultSecret } from '../shared/base/vault.ts';
import type { ParsedOptions } from './option-parser.ts';
import { outputPath, readSource, STDIO, writeTarget } from './vault-files.ts';
import { type PasswordSources, VaultOptionsError } from './vault-passwords.ts';
import { sealText } from './vault-seal.ts';

/** A name that is empty is none. */
type Plain = { readonly text: Uint8Array; readonly source: string; readonly name: string };

/** Encrypts what is typed, what stdin holds and what the arguments are, in this order. */
export async function encryptStrings(
  parsed: ParsedOptions,
  askSecret: () => Promise<VaultSecret>,
  sources: PasswordSources,
): Promise<void> {
  const { deps, files } = sources;
  const { positionals, values } = parsed;
  const stdinName = values.get('stdinName')?.at(-1);
  const readsStdin = positionals.length === 0 || positionals.includes(STDIO) || stdinName !== undefined;
  if (values.has('prompt') && readsStdin)
    throw new VaultOptionsError('The --prompt option is not supported if also reading input from stdin');
  const secret = await askSecret();
  const plains = [
    ...(values.has('prompt') ? [await typed(values.has('showInput'), sources)] : []),
    ...(readsStdin ? [fromStdin(stdinName ?? '', deps)] : []),
    ...fromArguments(parsed, deps),
  ];
  const blocks = plains.map(({ name, text }) => yamlBlock(name, text, secret));
  for (const [index, { name, source }] of plains.entries())
    if (plains.length > 1) deps.err(`${delimiter(index + 1, name, source)}\n`);
  const output = outputPath(values.get('output')?.at(-1) ?? STDIO, files);
  writeTarget(output, Buffer.from(blocks.join('\n')), deps);
  if (deps.isTerminal) deps.err('Encryption successful\n');
}

async function typed(isShown: boolean, { ask }: PasswordSources): Promise<Plain> {
  const name = await ask.line('Variable name (enter for no name): ');
  const text = isShown
    ? await ask.line('String to encrypt:')
    : (await ask.secret('String to encrypt (hidden): ')).reveal();
  if (text === '')
    throw new VaultOptionsError('The plaintext provided from the prompt was empty, not encrypting');
  return { text: Buffer.from(text), source: 'the interactive prompt', name };
}

function fromStdin(name: string, deps: PasswordSources['deps']): Plain {
  if (deps.isTerminal)
    deps.err(
      'Reading plaintext input from stdin. (ctrl-d to end input, twice if your content does not already have a newline)\n',
    );
  const text = readSource(STDIO, deps.workingDirectory);
  if (text.length === 0) throw new VaultOptionsError('stdin was empty, not encrypting');
  return { text, source: 'stdin', name };
}

/** Names belong to arguments in their order. */
function fromArguments(
  { positionals, values }: ParsedOptions,
  deps: PasswordSources['deps'],
): readonly Plain[] {
  const texts = positionals.filter((text) => text !== STDIO);
  const names = values.get('names') ?? [];
  if (names.length > 0 && texts.length > names.length)
    deps.err(
      `The number of --name options do not match the number of args.\nThe last named variable will be "${names.at(-1)}". The rest will not have names.\n`,
    );
  if (texts.includes(''))
    throw new VaultOptionsError(
      'The plaintext provided from the command line args was empty, not encrypting',
    );
  return texts.map((text, index) => ({
    text: Buffer.from(text),
    source: 'the command line args',
    name: names[index] ?? '',
  }));
}

function delimiter(number: number, name: string, source: string): string {
  return name === ''
    ? `# The encrypted version of the string #${number} from ${source}.)`
    : `# The encrypted version of variable ("${name}", the string #${number} from ${source}).`;
}

function yamlBlock(name: string, text: Uint8Array, secret: VaultSecret): string {
  const envelope = Buffer.from(sealText(text, secret)).toString().trimEnd().split('\n');
  const indent = ' '.repeat(limits.vaultYamlIndent);
  const header = `${name === '' ? '' : `${name}: `}!vault |`;
  return [header, ...envelope.map((line) => indent + line)].join('\n');
}
