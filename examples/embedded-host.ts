/**
 * SSH hosts inside this process: enough for the demo and for fast tests, without sshd, root or containers.
 *
 * Each host listens on a port of 127.0.0.1 and executes commands as the user who runs this, with a private directory
 * as its home. It is no sandbox: playbooks for it keep to paths under `demo_root`, which is that directory.
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import ssh2, {
  type AuthContext,
  type Connection,
  type ParsedKey,
  type ServerChannel,
  type ServerConfig,
} from 'ssh2';

export type EmbeddedHost = {
  readonly name: string;
  readonly port: number;
  /** What the host's commands have as home and working directory. */
  readonly root: string;
  /** The host's line for a known_hosts file. */
  readonly knownHostLine: string;
  /** Ends the connections and what they started. */
  readonly stop: () => Promise<void>;
};

export type EmbeddedHostOptions = {
  readonly name: string;
  readonly root: string;
  /** In OpenSSH's format; a login with this key is accepted. */
  readonly publicKey?: string;
  /** A login with this password is accepted, by `password` and by `keyboard-interactive`. */
  readonly password?: string;
};

export type EmbeddedFleet = {
  readonly hosts: readonly EmbeddedHost[];
  /** An INI inventory with the group `demo`. */
  readonly inventory: string;
  readonly privateKeyFile: string;
  readonly knownHostsFile: string;
  readonly stop: () => Promise<void>;
};

const PROMPT = 'Password: ';
/** Time for a host's processes to end by themselves: because a demo should not hang on a task that sleeps. */
const PATIENCE_MS = 2_000;

/** Starts one host per name. Keys, known_hosts, inventory and the hosts' directories are made in `directory`. */
export async function startEmbeddedFleet(
  directory: string,
  names: readonly string[],
): Promise<EmbeddedFleet> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'demo' });
  const privateKeyFile = path.join(directory, 'id_ed25519');
  writeFileSync(privateKeyFile, pair.private, { mode: 0o600 });
  const hosts = await Promise.all(
    names.map((name) =>
      startEmbeddedHost({ name, root: path.join(directory, 'hosts', name), publicKey: pair.public }),
    ),
  );
  const knownHostsFile = path.join(directory, 'known_hosts');
  writeFileSync(knownHostsFile, hosts.map((host) => `${host.knownHostLine}\n`).join(''));
  const inventory = path.join(directory, 'inventory');
  writeFileSync(inventory, inventoryText(hosts, privateKeyFile, knownHostsFile));
  return {
    hosts,
    inventory,
    privateKeyFile,
    knownHostsFile,
    stop: async () => {
      await Promise.all(hosts.map((host) => host.stop()));
    },
  };
}

/** Starts one host on a free port. */
export async function startEmbeddedHost(options: EmbeddedHostOptions): Promise<EmbeddedHost> {
  mkdirSync(options.root, { recursive: true });
  const hostKey = ssh2.utils.generateKeyPairSync('ed25519', { comment: options.name });
  const processes = new Set<ChildProcessWithoutNullStreams>();
  const sockets = new Set<net.Socket>();
  const config: ServerConfig = { hostKeys: [hostKey.private] };
  const ssh = new ssh2.Server(config, (client) => serve(client, options, processes));
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  const port = await listen(server);
  const [type, blob] = hostKey.public.split(' ');
  return {
    name: options.name,
    port,
    root: options.root,
    knownHostLine: `[127.0.0.1]:${port} ${type} ${blob}`,
    stop: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      await Promise.all([...processes].map(endProcess));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) {
    throw new Error('A TCP server has no port');
  }
  return address.port;
}

function serve(
  client: Connection,
  options: EmbeddedHostOptions,
  processes: Set<ChildProcessWithoutNullStreams>,
): void {
  client.on('error', () => {
    // A client that goes away in the middle is seen by its channels' end.
  });
  client.on('authentication', (context) => authenticate(context, options));
  client.on('session', (accept) => {
    accept().on('exec', (acceptExec, _reject, info) => {
      execute(info.command, acceptExec(), { root: options.root, processes });
    });
  });
}

function authenticate(context: AuthContext, options: EmbeddedHostOptions): void {
  const methods: ('keyboard-interactive' | 'password' | 'publickey')[] = [
    ...(options.publicKey === undefined ? [] : (['publickey'] as const)),
    ...(options.password === undefined ? [] : (['password', 'keyboard-interactive'] as const)),
  ];
  const decide = (isRight: boolean): void => (isRight ? context.accept() : context.reject(methods));
  switch (context.method) {
    case 'publickey':
      decide(isRightKey(context, options.publicKey));
      return;
    case 'password':
      decide(context.password === options.password);
      return;
    case 'keyboard-interactive':
      context.prompt([{ prompt: PROMPT, echo: false }], (answers) => decide(answers[0] === options.password));
      return;
    default:
      decide(false);
  }
}

/** Without a signature the client only asks whether the key would do. */
function isRightKey(
  context: Extract<AuthContext, { method: 'publickey' }>,
  publicKey: string | undefined,
): boolean {
  const parsed = publicKey === undefined ? new Error('no key') : ssh2.utils.parseKey(publicKey);
  if (parsed instanceof Error) {
    return false;
  }
  const key: ParsedKey = parsed;
  if (!key.getPublicSSH().equals(context.key.data)) {
    return false;
  }
  const { signature, blob } = context;
  return signature === undefined || blob === undefined || key.verify(blob, signature) === true;
}

type Place = { readonly root: string; readonly processes: Set<ChildProcessWithoutNullStreams> };

function execute(command: string, channel: ServerChannel, place: Place): void {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: place.root,
    detached: true,
    env: {
      HOME: place.root,
      LANG: 'C.UTF-8',
      LOGNAME: 'demo',
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      SHELL: '/bin/sh',
      USER: 'demo',
    },
  });
  place.processes.add(child);
  child.stdin.on('error', () => {
    // The process ended with input left; its exit says all there is to say.
  });
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.once('error', () => channel.exit(127));
  child.once('close', (code, signal) => {
    place.processes.delete(child);
    if (signal === null) {
      channel.exit(code ?? 255);
    } else {
      channel.exit(signal.replace('SIG', ''));
    }
    channel.end();
  });
  channel.once('close', () => child.stdin.end());
}

/** The end of its input asks an agent to end; what does not listen is killed. */
async function endProcess(child: ChildProcessWithoutNullStreams): Promise<void> {
  child.stdin.end();
  const timer = setTimeout(() => endGroup(child), PATIENCE_MS);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
}

function endGroup(child: ChildProcessWithoutNullStreams): void {
  try {
    process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function inventoryText(
  hosts: readonly EmbeddedHost[],
  privateKeyFile: string,
  knownHostsFile: string,
): string {
  const lines = hosts.map(
    ({ name, port, root }) => `${name} ansible_host=127.0.0.1 ansible_port=${port} demo_root=${root}`,
  );
  return [
    '[demo]',
    ...lines,
    '',
    '[demo:vars]',
    'ansible_user=demo',
    `ansible_ssh_private_key_file=${privateKeyFile}`,
    `ansible_ssh_common_args=-o UserKnownHostsFile=${knownHostsFile}`,
    '',
  ].join('\n');
}
