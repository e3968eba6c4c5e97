/** The keys that a login may be tried with: from files and from the agent, in the order of trying. */

import { createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2';
import type { SshPlan } from './ssh-plan.ts';

/** One key. `sign` gives the signature of `data`; `hash` is for RSA keys only. */
export type LoginKey = {
  readonly title: string;
  readonly key: ParsedKey;
  readonly sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>;
  /** The same key as ssh2 wants it. */
  readonly method: AnyAuthMethod;
};

/** The keys, and why others could not be used. */
export type LoginKeys = { readonly keys: readonly LoginKey[]; readonly notes: readonly string[] };

const OTHERS_MAY_READ = 0o077;

/** What names of keys begin with that are never on a disk. */
const IN_MEMORY = 'ssm:';

/**
 * Loads the keys of a plan: key files that the user named, then the agent's, then ssh's usual files. A key file that
 * others may read, is encrypted without a passphrase at hand or is no key is noted and left out.
 */
export async function loadLoginKeys(plan: SshPlan): Promise<LoginKeys> {
  if (!plan.methods.includes('publickey')) {
    return { keys: [], notes: [] };
  }
  const notes: string[] = [];
  const files = plan.keyFiles.map(({ file, isNamed }) => ({
    isNamed,
    key: loadKeyFile(file, plan, isNamed ? notes : []),
  }));
  const fromFiles = (isNamed: boolean): readonly LoginKey[] =>
    files.flatMap((file) => (file.isNamed === isNamed && file.key !== undefined ? [file.key] : []));
  const fromAgent = await loadAgentKeys(plan, notes);
  return { keys: withoutDuplicates([...fromFiles(true), ...fromAgent, ...fromFiles(false)]), notes };
}

function loadKeyFile(file: string, plan: SshPlan, notes: string[]): LoginKey | undefined {
  const identity = plan.identities.get(file);
  const text = identity?.key.reveal() ?? readKeyFile(file, notes);
  if (text === undefined) {
    return undefined;
  }
  const passphrase = (identity?.passphrase ?? plan.passphrase)?.reveal();
  const key = parsePrivateKey(text, passphrase);
  if (key instanceof Error) {
    notes.push(`Load key "${file}": ${key.message}`);
    return undefined;
  }
  return {
    title: file,
    key,
    sign: (data, hash) => Promise.resolve(parseSignature(key.sign(data, hash))),
    method: { type: 'publickey', username: plan.user, key },
  };
}

function readKeyFile(file: string, notes: string[]): string | undefined {
  if (file.startsWith(IN_MEMORY)) {
    const name = file.slice(IN_MEMORY.length);
    notes.push(`There is no private key ${file}: functions take it from the parameter ssh-keys/${name}`);
    return undefined;
  }
  try {
    const { mode, uid } = statSync(file);
    if (uid === process.getuid?.() && (mode & OTHERS_MAY_READ) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0');
      notes.push(
        `Permissions ${octal} for '${file}' are too open; the key was not used. Run: chmod 600 ${file}`,
      );
      return undefined;
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    notes.push(`Identity file ${file} not accessible: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

function parsePrivateKey(text: string, passphrase: string | undefined): ParsedKey | Error {
  const parsed = ssh2.utils.parseKey(fromPkcs8(text, passphrase) ?? text, passphrase);
  const key: ParsedKey | Error | undefined = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) {
    return /no passphrase given/i.test(key.message)
      ? new Error('it is encrypted and no passphrase was given')
      : key;
  }
  return key?.isPrivateKey() ? key : new Error('it holds no private key');
}

/** ssh2 does not read PKCS#8; the older PEM formats that it does read hold the same key. */
function fromPkcs8(text: string, passphrase: string | undefined): string | undefined {
  if (!/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) {
    return undefined;
  }
  try {
    const key = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
    switch (key.asymmetricKeyType) {
      case 'rsa':
        return key.export({ type: 'pkcs1', format: 'pem' }).toString();
      case 'ec':
        return key.export({ type: 'sec1', format: 'pem' }).toString();
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

function parseSignature(signature: Buffer | Error): Buffer {
  if (signature instanceof Error) {
    throw signature;
  }
  return signature;
}

async function loadAgentKeys(plan: SshPlan, notes: string[]): Promise<readonly LoginKey[]> {
  const socket = plan.agentSocket;
  if (socket === undefined || socket === '') {
    return [];
  }
  try {
    const agent = ssh2.createAgent(socket);
    const identities = await new Promise<readonly ParsedKey[]>((resolve, reject) => {
      agent.getIdentities((error, keys) => {
        if (error) {
          reject(error);
        } else {
          resolve((keys ?? []).flatMap(parseIdentity));
        }
      });
    });
    const allowed = plan.identitiesOnly ? publicHalves(plan) : undefined;
    return identities
      .filter((key) => allowed?.some((blob) => blob.equals(key.getPublicSSH())) ?? true)
      .map((key) => agentKey(socket, key, plan.user));
  } catch (error) {
    notes.push(
      `The ssh agent ${socket} could not be used: ${error instanceof Error ? error.message : error}`,
    );
    return [];
  }
}

function parseIdentity(identity: unknown): readonly ParsedKey[] {
  const { pubKey } =
    typeof identity === 'object' && identity !== null && 'pubKey' in identity
      ? identity
      : { pubKey: identity };
  const key = ssh2.utils.parseKey(pubKey as Buffer | ParsedKey);
  return key instanceof Error ? [] : [key];
}

function agentKey(socket: string, key: ParsedKey, username: string): LoginKey {
  const agent = ssh2.createAgent(socket);
  // ssh2 tries all keys of an agent in one go; here each has its own place in the order.
  agent.getIdentities = (callback) => callback(undefined, [key]);
  return {
    title: `${key.comment} (agent)`,
    key,
    sign: (data, hash) =>
      new Promise((resolve, reject) => {
        agent.sign(key, data, parseSignOptions(hash), (error, signature) => {
          if (error || signature === undefined) {
            reject(error ?? new Error('the agent gave no signature'));
          } else {
            resolve(signature);
          }
        });
      }),
    method: { type: 'agent', username, agent },
  };
}

function parseSignOptions(hash: string | undefined): { hash?: 'sha256' | 'sha512' } {
  return hash === 'sha256' || hash === 'sha512' ? { hash } : {};
}

function publicHalves(plan: SshPlan): readonly Buffer[] {
  return plan.keyFiles.flatMap(({ file }) => {
    try {
      const key = ssh2.utils.parseKey(readFileSync(`${file}.pub`));
      return key instanceof Error ? [] : [key.getPublicSSH()];
    } catch {
      return [];
    }
  });
}

function withoutDuplicates(keys: readonly LoginKey[]): readonly LoginKey[] {
  const seen = new Set<string>();
  return keys.filter(({ key }) => {
    const blob = key.getPublicSSH().toString('base64');
    return !seen.has(blob) && seen.add(blob).has(blob);
  });
}
