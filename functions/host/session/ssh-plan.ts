/** Everything that a connection needs to know, decided: target, command-line words and configuration files together. */

import path from 'node:path';
import type { Secret } from '../../../shared/base/secret.ts';
import type { FleetHostKeys } from './fleet-host-keys.ts';
import type { ConnectionTarget } from './session.ts';
import { loadSshConfig, SYSTEM_CONFIG } from './ssh-config.ts';
import { joinSettings, parseSshArguments, type SshSettings, splitWords } from './ssh-settings.ts';

/** Where this process runs: what ssh's defaults depend on. */
export type SshEnvironment = {
  readonly home: string;
  readonly user: string;
  readonly authSocket: string | undefined;
  /** Judges hosts that no known_hosts file knows. */
  readonly hostKeys?: FleetHostKeys;
  /** Private keys held in memory, by a name that stands where a key file could: `ssm:deploy`. */
  readonly identities?: ReadonlyMap<string, Identity>;
  /** Asked after a refused login: newer identities, or undefined when there cannot be any. */
  readonly renewIdentities?: () => Promise<ReadonlyMap<string, Identity> | undefined>;
};

/** A private key as text, and what opens it when it is encrypted. */
export type Identity = { readonly key: Secret; readonly passphrase: Secret | undefined };

/** The identity that is tried where nobody named a key. */
const DEFAULT_IDENTITY = 'ssm:ssh-key';

/** One hop, ready to connect. */
export type SshPlan = {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly addressFamily: 0 | 4 | 6;
  readonly bindAddress: string | undefined;
  readonly connectTimeoutMs: number;
  readonly keepaliveMs: number | undefined;
  readonly keepaliveCountMax: number | undefined;
  /** Tried in order; `isNamed` tells a key that the user asked for from one of ssh's usual places. */
  readonly keyFiles: readonly { readonly file: string; readonly isNamed: boolean }[];
  readonly identities: ReadonlyMap<string, Identity>;
  readonly renewIdentities: SshEnvironment['renewIdentities'];
  readonly passphrase: Secret | undefined;
  readonly password: Secret | undefined;
  readonly agentSocket: string | undefined;
  /** Of the agent's keys, only those whose public half lies beside a named key file. */
  readonly identitiesOnly: boolean;
  readonly forwardAgent: boolean;
  /** Which of publickey, keyboard-interactive and password may be used, most wanted first. */
  readonly methods: readonly string[];
  /** The name that known_hosts files have for the host. */
  readonly hostKeyName: string;
  /** With an alias, known_hosts has no port. */
  readonly hostKeyPort: number;
  readonly hostKeyChecking: 'accept-new' | 'no' | 'yes';
  readonly hostKeys: FleetHostKeys | undefined;
  /** The first is the one that is added to. */
  readonly knownHostsFiles: readonly string[];
  readonly algorithms: SshAlgorithms;
  /** Hosts to go through, nearest first. */
  readonly jumps: readonly SshJump[];
  readonly proxyCommand: string | undefined;
};

/** A host on the way, as `[user@]host[:port]`, and the words of ssh's options that hold for it. */
export type SshJump = { readonly destination: string; readonly arguments: readonly string[] };

/** Lists as ssh_config(5) writes them: `a,b`, `+a`, `-a` or `^a`. */
export type SshAlgorithms = Readonly<Partial<Record<'cipher' | 'hmac' | 'kex' | 'serverHostKey', string>>>;

export type PlannedSsh = { readonly plan: SshPlan; readonly warnings: readonly string[] };

const DEFAULT_PORT = 22;
const ADDRESS_FAMILIES: Readonly<Record<string, 0 | 4 | 6>> = { any: 0, inet: 4, inet6: 6 };
const DEFAULT_KEY_NAMES = ['id_rsa', 'id_ecdsa', 'id_ed25519'];
const DEFAULT_METHODS = ['publickey', 'keyboard-interactive', 'password'];

/** Keywords that change nothing here, because of how this client works; they need no warning. */
const WITHOUT_EFFECT = new Set(
  `addkeystoagent canonicaldomains canonicalizehostname checkhostip clearallforwardings compression configfile
  connectionattempts controlmaster controlpath controlpersist escapechar fingerprinthash forkafterauthentication
  forwardx11 forwardx11trusted gssapiauthentication gssapidelegatecredentials gssapikeyexchange hashknownhosts
  hostbasedauthentication include ipqos loglevel nohostauthenticationforlocalhost numberofpasswordprompts
  permitlocalcommand pubkeyacceptedalgorithms pubkeyacceptedkeytypes requesttty sendenv setenv stdinnull tcpkeepalive
  updatehostkeys usekeychain verifyhostkeydns visualhostkey xauthlocation batchmode`.split(/\s+/),
);
const WITH_EFFECT = new Set(
  `addressfamily bindaddress ciphers connecttimeout forwardagent globalknownhostsfile hostkeyalgorithms hostkeyalias
  hostname identitiesonly identityagent identityfile kbdinteractiveauthentication kexalgorithms macs
  passwordauthentication port preferredauthentications proxycommand proxyjump pubkeyauthentication serveralivecountmax
  serveraliveinterval stdioforward stricthostkeychecking user userknownhostsfile`.split(/\s+/),
);

/**
 * Plans the connection to a target. What the inventory says beyond the default wins over the command-line words,
 * those over ~/.ssh/config, that over /etc/ssh/ssh_config.
 */
export function planSsh(target: ConnectionTarget, environment: SshEnvironment): PlannedSsh {
  const { settings: fromWords, operands, ignored } = parseSshArguments(target.sshArguments);
  const settings = joinSettings([fromWords, ...loadConfigs(fromWords, target, environment)]);
  const unknown = [...fromWords].filter(
    ([keyword]) => !WITH_EFFECT.has(keyword) && !WITHOUT_EFFECT.has(keyword),
  );
  const words = [
    ...operands,
    ...ignored,
    ...unknown.map(([keyword, values]) => `-o ${keyword}=${values[0]}`),
  ];
  return {
    plan: decide(target, settings, environment),
    warnings: words.map((word) => `The ssh argument ${word} is not supported and was ignored`),
  };
}

/**
 * The target of a host on the way: like the final one, but for address, port, user and what belongs to those. As with
 * ssh, what loosens the check of the final host's key does not hold for it.
 */
export function jumpTarget(
  jump: SshJump,
  target: ConnectionTarget,
  environment: SshEnvironment,
): ConnectionTarget {
  const match = /^(?:ssh:\/\/)?(?:([^@]*)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(jump.destination);
  const [, user, host, port] = match ?? [];
  return {
    ...target,
    host: jump.destination,
    address: (host ?? jump.destination).replace(/^\[|\]$/g, ''),
    port: port === undefined ? DEFAULT_PORT : Number(port),
    user: user ?? environment.user,
    password: undefined,
    hostKeyChecking: 'yes',
    sshArguments: jump.arguments,
  };
}

function loadConfigs(
  fromWords: SshSettings,
  target: ConnectionTarget,
  environment: SshEnvironment,
): readonly SshSettings[] {
  const query = { host: target.address, user: target.user, home: environment.home };
  const named = fromWords.get('configfile')?.[0];
  const files =
    named === undefined
      ? [path.join(environment.home, '.ssh/config'), SYSTEM_CONFIG]
      : named === 'none'
        ? []
        : [named];
  return files.map((file) => loadSshConfig(file, query));
}

function decide(target: ConnectionTarget, settings: SshSettings, environment: SshEnvironment): SshPlan {
  const first = (keyword: string): string | undefined => settings.get(keyword)?.[0];
  const address = (first('hostname') ?? target.address).replaceAll('%h', target.address);
  const port = target.port === DEFAULT_PORT ? Number(first('port') ?? DEFAULT_PORT) : target.port;
  const user = target.user === environment.user ? (first('user') ?? target.user) : target.user;
  const expand = (text: string): string => expandTokens(text, { address, port, user, target, environment });
  const alias = first('hostkeyalias');
  return {
    address,
    port,
    user,
    addressFamily: ADDRESS_FAMILIES[first('addressfamily') ?? 'any'] ?? 0,
    bindAddress: first('bindaddress'),
    connectTimeoutMs: milliseconds(first('connecttimeout')) ?? target.connectTimeoutMs,
    keepaliveMs: milliseconds(first('serveraliveinterval')),
    keepaliveCountMax: wholeNumber(first('serveralivecountmax')),
    keyFiles: decideKeyFiles(target, settings, { expand, environment }),
    identities: environment.identities ?? new Map(),
    renewIdentities: environment.renewIdentities,
    passphrase: target.privateKeyPassphrase,
    password: target.password,
    agentSocket: decideAgentSocket(settings, environment, expand),
    identitiesOnly: first('identitiesonly') === 'yes',
    forwardAgent: first('forwardagent') === 'yes',
    methods: decideMethods(settings),
    hostKeyName: alias ?? address,
    hostKeyPort: alias === undefined ? port : DEFAULT_PORT,
    hostKeyChecking: decideHostKeyChecking(target, first('stricthostkeychecking')),
    hostKeys: environment.hostKeys,
    knownHostsFiles: [
      ...decideKnownHosts(target, settings, expand),
      ...knownHostsOfProject(target, environment),
    ],
    algorithms: decideAlgorithms(settings),
    ...decideProxy(settings, expand),
  };
}

function decideKeyFiles(
  target: ConnectionTarget,
  settings: SshSettings,
  at: { readonly expand: (text: string) => string; readonly environment: SshEnvironment },
): SshPlan['keyFiles'] {
  const { environment, expand } = at;
  const named = [...target.privateKeyFiles, ...(settings.get('identityfile') ?? [])]
    .filter((file) => file !== 'none')
    .map((file) => ({ file: expand(unquote(file)), isNamed: true }));
  if (named.length > 0) {
    return named;
  }
  if (environment.identities?.has(DEFAULT_IDENTITY)) {
    return [{ file: DEFAULT_IDENTITY, isNamed: true }];
  }
  return DEFAULT_KEY_NAMES.map((name) => ({ file: expand(`~/.ssh/${name}`), isNamed: false }));
}

function decideAgentSocket(
  settings: SshSettings,
  environment: SshEnvironment,
  expand: (text: string) => string,
): string | undefined {
  const named = settings.get('identityagent')?.[0];
  if (named === 'none') {
    return undefined;
  }
  return named === undefined || named === 'SSH_AUTH_SOCK' ? environment.authSocket : expand(unquote(named));
}

function decideMethods(settings: SshSettings): readonly string[] {
  const wanted = settings.get('preferredauthentications')?.[0]?.split(',') ?? DEFAULT_METHODS;
  const keywords: Readonly<Record<string, string>> = {
    publickey: 'pubkeyauthentication',
    'keyboard-interactive': 'kbdinteractiveauthentication',
    password: 'passwordauthentication',
  };
  return wanted.filter((method) => {
    const keyword = keywords[method];
    return keyword !== undefined && settings.get(keyword)?.[0] !== 'no';
  });
}

function decideHostKeyChecking(
  target: ConnectionTarget,
  setting: string | undefined,
): SshPlan['hostKeyChecking'] {
  if (target.hostKeyChecking !== 'yes') {
    return target.hostKeyChecking;
  }
  switch (setting) {
    case 'no':
    case 'off':
      return 'no';
    case 'accept-new':
      return 'accept-new';
    default:
      return 'yes';
  }
}

function decideKnownHosts(
  target: ConnectionTarget,
  settings: SshSettings,
  expand: (text: string) => string,
): readonly string[] {
  if (target.knownHostsFiles.length > 0) {
    return target.knownHostsFiles.map(expand);
  }
  const user = settings.get('userknownhostsfile')?.[0] ?? '~/.ssh/known_hosts ~/.ssh/known_hosts2';
  const global =
    settings.get('globalknownhostsfile')?.[0] ?? '/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2';
  return [...splitWords(user), ...splitWords(global)].filter((file) => file !== 'none').map(expand);
}

/** A function has no user whose files could know hosts: a project brings them along, beside its playbooks. */
function knownHostsOfProject(target: ConnectionTarget, environment: SshEnvironment): readonly string[] {
  const isFunction = environment.hostKeys !== undefined;
  return isFunction && target.directory !== undefined ? [path.join(target.directory, 'known_hosts')] : [];
}

function decideAlgorithms(settings: SshSettings): SshAlgorithms {
  const keywords = [
    ['cipher', 'ciphers'],
    ['hmac', 'macs'],
    ['kex', 'kexalgorithms'],
    ['serverHostKey', 'hostkeyalgorithms'],
  ] as const;
  return Object.fromEntries(
    keywords.flatMap(([name, keyword]) => {
      const value = settings.get(keyword)?.[0];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function decideProxy(
  settings: SshSettings,
  expand: (text: string) => string,
): Pick<SshPlan, 'jumps' | 'proxyCommand'> {
  const jump = settings.get('proxyjump')?.[0];
  if (jump !== undefined && jump !== 'none') {
    const destinations = jump.split(',').map((destination) => destination.trim());
    const jumps = destinations.map((destination) => ({ destination, arguments: [] }));
    return { jumps, proxyCommand: undefined };
  }
  const command = unquote(settings.get('proxycommand')?.[0] ?? 'none');
  if (command === 'none' || jump === 'none') {
    return { jumps: [], proxyCommand: undefined };
  }
  const asJump = parseForwardingSsh(command);
  return asJump === undefined
    ? { jumps: [], proxyCommand: expand(command) }
    : { jumps: [asJump], proxyCommand: undefined };
}

/** `ssh -W %h:%p bastion` is a jump in other words, and as one it needs no ssh program. */
function parseForwardingSsh(command: string): SshJump | undefined {
  const [program, ...words] = splitWords(command);
  if (program === undefined || path.basename(program) !== 'ssh' || /[;&|<>$`]/.test(command)) {
    return undefined;
  }
  const { settings, operands } = parseSshArguments(words);
  const [destination, ...others] = operands;
  const isForward = settings.get('stdioforward')?.[0] === '%h:%p';
  return isForward && destination !== undefined && others.length === 0
    ? { destination, arguments: words.toSpliced(words.lastIndexOf(destination), 1) }
    : undefined;
}

type TokenValues = {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly target: ConnectionTarget;
  readonly environment: SshEnvironment;
};

/** Replaces `~` and the tokens of ssh_config(5) that this client knows. */
function expandTokens(text: string, values: TokenValues): string {
  const tokens: Readonly<Record<string, string>> = {
    '%%': '%',
    '%d': values.environment.home,
    '%h': values.address,
    '%n': values.target.address,
    '%p': String(values.port),
    '%r': values.user,
    '%u': values.environment.user,
  };
  return text
    .replace(/^~(?=\/|$)/, values.environment.home)
    .replace(/%[%dhnpru]/g, (token) => tokens[token] ?? token);
}

function unquote(text: string): string {
  return text.replace(/^"(.*)"$/s, '$1').replace(/^'(.*)'$/s, '$1');
}

function milliseconds(seconds: string | undefined): number | undefined {
  const number = wholeNumber(seconds);
  return number === undefined || number === 0 ? undefined : number * 1000;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
