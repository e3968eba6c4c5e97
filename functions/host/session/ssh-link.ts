/** One SSH connection: logs in, and executes commands on as many channels as are asked for. */

import net from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ClientChannel, type ConnectConfig, type NextAuthHandler } from 'ssh2';
import { type Failure, FailureError } from '../../../shared/base/failure.ts';
import { limits } from '../../../shared/base/limits.ts';
import type { ByteChannel, ChannelExit, ExecRequest } from './byte-channel.ts';
import { settlesWithin } from './deadline.ts';
import type { Recorded } from './fleet-host-keys.ts';
import { decideHostKey, type HostKeyDecision, recordedHostKey } from './host-key.ts';
import { type AheadChannel, sendAhead, signatureAlgorithm } from './ssh-ahead.ts';
import { algorithmsOf } from './ssh-algorithms.ts';
import { AuthSequence } from './ssh-auth.ts';
import {
  closedFailure,
  failureOfError,
  lostFailure,
  type Stage,
  silentFailure,
  sshFailure,
  timeoutFailure,
} from './ssh-failure.ts';
import { parseSshInternals } from './ssh-internals.ts';
import { type LoginKey, type LoginKeys, loadLoginKeys } from './ssh-keys.ts';
import type { SshPlan } from './ssh-plan.ts';

export type SshLink = {
  /** How the login went: in one flight, or step by step. */
  readonly way: 'ahead' | 'plain';
  /** Executes a command line. The channel's stdin stays open. */
  readonly exec: (request: ExecRequest) => Promise<ByteChannel>;
  /** A connection from the host to another one. */
  readonly forward: (address: string, port: number) => Promise<Duplex>;
  readonly close: () => Promise<void>;
};

export type SshLinkOptions = {
  readonly warn: (message: string) => void;
  /** The first exec, when it is known already: sent together with the login where that is possible. */
  readonly first?: ExecRequest;
  /** Makes the connection to the host's port when it is not made directly. */
  readonly openStream?: () => Promise<Duplex>;
  /** Logs in step by step. */
  readonly isPlain?: boolean;
};

export type SshConnected = {
  readonly link: SshLink;
  /** The channel of `first`. */
  readonly channel: ByteChannel | undefined;
};

/** Connects and logs in; throws FailureError. A refused login is tried once more when identities have been replaced. */
export async function connectSsh(plan: SshPlan, options: SshLinkOptions): Promise<SshConnected> {
  const recorded = recordedHostKey(plan);
  try {
    return await login(plan, options, recorded);
  } catch (error) {
    const isRefused = error instanceof FailureError && error.failure.kind === 'auth-refused';
    const identities = isRefused ? await plan.renewIdentities?.().catch(() => undefined) : undefined;
    if (identities === undefined) {
      throw error;
    }
    return await login({ ...plan, identities }, options, recorded);
  }
}

/** When a server ends the connection because of what was sent ahead, it is made again step by step. */
async function login(
  plan: SshPlan,
  options: SshLinkOptions,
  recorded: Promise<Recorded | undefined>,
): Promise<SshConnected> {
  const keys = await loadLoginKeys(plan);
  const attempt = new Login(plan, keys, options);
  try {
    return await attempt.run(recorded);
  } catch (error) {
    if (!attempt.wasDroppedAhead) {
      throw error;
    }
    return await new Login(plan, keys, { ...options, isPlain: true }).run(recorded);
  }
}

/** One attempt to log in, until it succeeded or failed. */
class Login {
  readonly #plan: SshPlan;
  readonly #keys: LoginKeys;
  readonly #options: SshLinkOptions;
  readonly #client: Client = new ssh2.Client();
  readonly #auth: AuthSequence;
  readonly #outcome: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  readonly #ended: PromiseWithResolvers<Failure> = Promise.withResolvers<Failure>();
  #stage: Stage = 'connecting';
  #timer: NodeJS.Timeout | undefined;
  #failure: Failure | undefined;
  #banner = '';
  #ahead: AheadChannel | undefined;
  #wasRefusedAhead = false;
  #hasTimedOut = false;
  #nextAuth: NextAuthHandler | undefined;
  #isClosing = false;

  constructor(plan: SshPlan, keys: LoginKeys, options: SshLinkOptions) {
    this.#plan = plan;
    this.#keys = keys;
    this.#options = options;
    this.#auth = new AuthSequence(plan, keys.keys);
  }

  /** Whether the server went away after requests were sent ahead of their time, before it accepted the login. */
  get wasDroppedAhead(): boolean {
    return (
      this.#ahead !== undefined &&
      !this.#wasRefusedAhead &&
      !this.#hasTimedOut &&
      this.#stage === 'authentication' &&
      this.#failure?.kind === 'unreachable'
    );
  }

  /** `recorded`: what is known of the host's key, which may arrive while the host is being connected. */
  async run(recorded: Promise<Recorded | undefined>): Promise<SshConnected> {
    this.#startTimer(this.#plan.connectTimeoutMs);
    try {
      this.#listen();
      const [stream, known] = await this.#orEnd(Promise.all([this.#openStream(), recorded]));
      this.#client.connect(this.#config(stream, known));
      await this.#outcome.promise;
    } catch (error) {
      this.#failure ??= failureOfError(error, this.#plan);
      this.#isClosing = true;
      this.#client.destroy();
      throw new FailureError(this.#failure);
    } finally {
      clearTimeout(this.#timer);
    }
    const channel = await this.#firstChannel();
    return { link: this.#link(), channel };
  }

  #openStream(): Promise<Duplex> {
    const { address, port, addressFamily, bindAddress } = this.#plan;
    const open = this.#options.openStream;
    if (open !== undefined) {
      return open();
    }
    const socket = net.connect({
      host: address,
      port,
      noDelay: true,
      ...(addressFamily === 0 ? {} : { family: addressFamily }),
      ...(bindAddress === undefined ? {} : { localAddress: bindAddress }),
    });
    socket.once('connect', () => this.#enter('key-exchange'));
    socket.on('error', (error) => this.#onError(error));
    return Promise.resolve(socket);
  }

  #config(sock: Duplex, recorded: Recorded | undefined): ConnectConfig {
    const plan = this.#plan;
    return {
      sock,
      username: plan.user,
      readyTimeout: 0,
      keepaliveInterval: plan.keepaliveMs ?? limits.keepaliveIntervalMs,
      keepaliveCountMax: plan.keepaliveCountMax ?? limits.keepaliveCountMax,
      algorithms: algorithmsOf(plan, recorded),
      hostVerifier: (key: Buffer, done: (isTrusted: boolean) => void) =>
        this.#verifyHostKey(decideHostKey(plan, key, recorded), done),
      authHandler: (methods, _isPartial, next) => this.#authenticate(methods ?? undefined, next),
      ...(plan.forwardAgent && plan.agentSocket !== undefined
        ? { agent: plan.agentSocket, agentForward: true }
        : {}),
    };
  }

  #listen(): void {
    this.#client
      .on('banner', (text) => {
        this.#banner = `${this.#banner}${text}`.slice(-limits.chatterBytesMax);
      })
      .once('handshake', () => {
        this.#enter('authentication');
        this.#startTimer(limits.authTimeoutMs);
        // ssh2 sends its service request when this event is over, and the login must come behind it.
        process.nextTick(() => this.#startAhead());
      })
      .once('ready', () => {
        this.#enter('ready');
        this.#outcome.resolve();
      })
      .on('error', (error) => this.#onError(error))
      .once('close', () => this.#onClose());
    // Told apart from the awaited promise: an error may come before anybody awaits it.
    this.#outcome.promise.catch(() => {});
  }

  #enter(stage: Stage): void {
    this.#stage = stage;
  }

  #startTimer(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#hasTimedOut = true;
      this.#fail(timeoutFailure(this.#plan, this.#stage));
    }, ms);
  }

  #fail(failure: Failure): void {
    this.#failure ??= failure;
    this.#outcome.reject(new FailureError(this.#failure));
    this.#ended.resolve(this.#failure);
  }

  #onError(error: Error & { level?: string }): void {
    if (error.level === 'agent') {
      // One key of the agent could not sign; ssh2 goes on with the next method.
      return;
    }
    if (this.#stage === 'ready') {
      this.#fail(lostFailure(error, this.#plan));
    } else if (error.level === 'client-authentication') {
      this.#fail(sshFailure('auth-refused', this.#auth.refusal(), this.#detail()));
    } else {
      this.#fail(this.#failure ?? failureOfError(error, this.#plan));
    }
  }

  #onClose(): void {
    this.#fail(
      this.#stage === 'ready'
        ? lostFailure(undefined, this.#plan)
        : closedFailure(this.#plan, this.#detail()),
    );
  }

  #detail(): string {
    return [...this.#keys.notes, this.#banner.trim()].filter((text) => text !== '').join('\n');
  }

  /** The answer, when it is known at once; else it is told later. */
  #verifyHostKey(
    decision: HostKeyDecision | Promise<HostKeyDecision>,
    done: (isTrusted: boolean) => void,
  ): boolean | undefined {
    if (!(decision instanceof Promise)) {
      return this.#takeDecision(decision);
    }
    decision.then(
      (decided) => this.#isClosing || done(this.#takeDecision(decided)),
      (error) => this.#fail(failureOfError(error, this.#plan)),
    );
    return undefined;
  }

  #takeDecision({ failure, mayTypePassword, warning }: HostKeyDecision): boolean {
    if (warning !== undefined) {
      this.#options.warn(warning);
    }
    if (!mayTypePassword) {
      this.#auth.skipPasswords();
    }
    this.#failure = failure && { ...sshFailure(failure.kind, failure.message), retryable: failure.retryable };
    return failure === undefined;
  }

  #startAhead(): void {
    const key = this.#keys.keys[0];
    const internals = this.#options.isPlain === true ? undefined : parseSshInternals(this.#client);
    if (key === undefined || internals === undefined || this.#stage !== 'authentication') {
      return;
    }
    const signature = signatureAlgorithm(key, internals.serverSoftware);
    if (signature === undefined) {
      return;
    }
    this.#auth.skipKey(key);
    this.#ahead = sendAhead(internals, this.#aheadRequest(key), signature);
  }

  #aheadRequest(key: LoginKey): Parameters<typeof sendAhead>[1] {
    const goOn = (accepted: readonly string[] | undefined): void => {
      this.#wasRefusedAhead = true;
      this.#nextAuth?.(parseNextAuth(this.#auth.next(accepted)));
    };
    return {
      user: this.#plan.user,
      key,
      exec: this.#plan.forwardAgent ? undefined : this.#options.first,
      onRefused: goOn,
      onUnsigned: () => goOn(undefined),
    };
  }

  #authenticate(methods: readonly string[] | undefined, next: NextAuthHandler): void {
    if (this.#ahead !== undefined && !this.#wasRefusedAhead) {
      this.#nextAuth = next;
    } else {
      next(parseNextAuth(this.#auth.next(methods)));
    }
  }

  async #firstChannel(): Promise<ByteChannel | undefined> {
    const first = this.#options.first;
    if (first === undefined) {
      return undefined;
    }
    const ahead = await this.#orEnd(Promise.resolve(this.#ahead));
    return ahead === undefined ? this.#exec(first) : this.#byteChannel(ahead);
  }

  #link(): SshLink {
    return {
      way: this.#ahead === undefined || this.#wasRefusedAhead ? 'plain' : 'ahead',
      exec: (request) => this.#exec(request),
      forward: (address, port) => this.#forward(address, port),
      close: () => this.#close(),
    };
  }

  async #exec(request: ExecRequest): Promise<ByteChannel> {
    const channel = await this.#open<ClientChannel>((done) => this.#client.exec(request.command, done));
    if (request.stdin.length > 0) {
      channel.write(request.stdin);
    }
    return this.#byteChannel(channel);
  }

  #forward(address: string, port: number): Promise<Duplex> {
    return this.#open<Duplex>((done) => this.#client.forwardOut('127.0.0.1', 0, address, port, done));
  }

  async #open<T>(start: (done: (error: Error | undefined, opened: T) => void) => void): Promise<T> {
    const opened = new Promise<T>((resolve, reject) => {
      start((error, channel) => (error ? reject(error) : resolve(channel)));
    });
    try {
      return await this.#orEnd(opened);
    } catch (error) {
      throw new FailureError(this.#failure ?? failureOfError(error, this.#plan));
    }
  }

  /** The promise's value, or the failure that the connection ends with before; neither may take forever. */
  async #orEnd<T>(promise: Promise<T>): Promise<T> {
    const ended = this.#ended.promise.then((failure) => Promise.reject(new FailureError(failure)));
    const first = Promise.race([promise, ended]);
    if (await settlesWithin(first, limits.channelTimeoutMs)) {
      return await first;
    }
    throw new FailureError(silentFailure(this.#plan));
  }

  #byteChannel(channel: ClientChannel): ByteChannel {
    // A stream that is read and written to its end destroys itself, and ssh2 closes its channel then: sshd would drop the
    // exit code of a process that outlives its output.
    channel.destroy = () => channel;
    // The exit is told again with the end of the channel. Its own event may have come before anybody could listen: a short
    // command answers everything in one packet.
    const exit = new Promise<ChannelExit>((resolve) => {
      channel.once('close', (exitCode?: number | null, signal?: string) => {
        const code = exitCode ?? undefined;
        const isLost = code === undefined && signal === undefined;
        resolve({ code, signal, lost: isLost ? this.#failure : undefined });
      });
    });
    const close = (): void => {
      channel.close();
    };
    return { stdin: channel, stdout: channel, stderr: channel.stderr, exit, kill: close, leave: close };
  }

  async #close(): Promise<void> {
    if (this.#isClosing) {
      return;
    }
    this.#isClosing = true;
    this.#client.end();
    const timer = setTimeout(() => this.#client.destroy(), limits.closeTimeoutMs);
    await this.#ended.promise;
    clearTimeout(timer);
  }
}

/** ssh2 takes `false` for the end of all methods; its types do not say so. */
function parseNextAuth(method: ReturnType<AuthSequence['next']>): Parameters<NextAuthHandler>[0] {
  return method as Parameters<NextAuthHandler>[0];
}
