/** Connections: to hosts over SSH, and to this machine. Nothing is opened before it is used. */

import type { Duplex } from 'node:stream';
import { systemClock } from '../../../shared/base/clock.ts';
import { FailureError } from '../../../shared/base/failure.ts';
import { limits } from '../../../shared/base/limits.ts';
import type { AgentPayload } from '../../../shared/modules/agent-payload.ts';
import { encodeFrame } from '../../../shared/wire/frame-codec.ts';
import { AgentSession } from './agent-session.ts';
import { type BootedChannel, bootAgent } from './boot.ts';
import type { ByteChannel, ExecRequest } from './byte-channel.ts';
import { mayHavePassed, startKeptSession } from './kept-session.ts';
import { execLocally, openProxyCommand } from './local-channel.ts';
import { startSession } from './plain-session.ts';
import { runRaw } from './raw.ts';
import type { Connection, ConnectionTarget, KeepOptions, Session } from './session.ts';
import type { SshConnected, SshLink } from './ssh-link.ts';
import { jumpTarget, planSsh, type SshEnvironment, type SshPlan } from './ssh-plan.ts';

export type ConnectionDeps = {
  readonly agent: AgentPayload;
  readonly environment: SshEnvironment;
  readonly warn: (message: string) => void;
  readonly randomBytes: (length: number) => Uint8Array;
};

/** The part of the agent that lets it outlive its connection, as `scripts/build-agent.ts` names it. */
const KEEPING = '@keeping';

/** A connection to the target. Its methods throw FailureError when the host cannot be used. */
export function openConnection(target: ConnectionTarget, deps: ConnectionDeps): Connection {
  return new OpenedConnection(target, deps);
}

/** How processes are started at the other end. */
type Route = {
  /** `mayGoAhead`: executing the command twice does no harm, so it may be sent before the login is confirmed. */
  readonly exec: (request: ExecRequest, mayGoAhead: boolean) => Promise<ByteChannel>;
  readonly close: () => Promise<void>;
};

class OpenedConnection implements Connection {
  readonly #target: ConnectionTarget;
  readonly #deps: ConnectionDeps;
  #route: Route;
  #session: Promise<Session> | undefined;

  constructor(target: ConnectionTarget, deps: ConnectionDeps) {
    this.#target = target;
    this.#deps = deps;
    this.#route = openRoute(target, deps);
  }

  readonly raw: Connection['raw'] = (command, become) =>
    runRaw((request) => this.#route.exec(request, false), {
      host: this.#target.host,
      command,
      become,
      randomText: () => this.#randomText(),
    });

  readonly session: Connection['session'] = () => {
    this.#session ??= this.#boot();
    return this.#session;
  };

  readonly close: Connection['close'] = () => this.#end((session) => session.close());

  readonly detach: Connection['detach'] = () => this.#end((session) => session.detach());

  async #end(endSession: (session: Session) => Promise<void>): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    try {
      if (session !== undefined) await endSession(session);
    } finally {
      await this.#route.close();
    }
  }

  async #boot(): Promise<Session> {
    const { host, keep } = this.#target;
    const { native } = this.#deps.agent;
    if (keep === undefined) {
      return startSession(await this.#bootAgent([]), { host, native });
    }
    const holder = this.#randomText();
    const converse = async (): Promise<AgentSession> =>
      new AgentSession(await this.#bootAgent(keepFrames(keep, holder, native)), {
        host,
        native,
        isKept: true,
      });
    const reconnect = (): Promise<AgentSession> => {
      this.#changeRoute();
      return converse();
    };
    return startKeptSession(await this.#meet(converse, reconnect), { host, keep, reconnect });
  }

  /** Meets the agent for the first time: nothing has been sent yet, so a way that broke is tried again at once. */
  async #meet(
    converse: () => Promise<AgentSession>,
    reconnect: () => Promise<AgentSession>,
  ): Promise<AgentSession> {
    const { now, sleep } = systemClock;
    const untilMs = now() + limits.firstMeetingMs;
    let pauseMs: number = limits.reconnectPauseMsMin;
    let attempt = converse();
    for (;;) {
      try {
        return await attempt;
      } catch (error) {
        const hasTime = now() + pauseMs < untilMs;
        if (!(error instanceof FailureError && mayHavePassed(error.failure) && hasTime)) throw error;
      }
      await sleep(pauseMs);
      pauseMs *= 2;
      attempt = reconnect();
    }
  }

  /** `frames` leave in the same flight as the agent. */
  async #bootAgent(frames: readonly Uint8Array[]): Promise<BootedChannel> {
    const { host, python } = this.#target;
    const { agent } = this.#deps;
    const stdin = frames.length === 0 ? agent.boot : Buffer.concat([agent.boot, ...frames]);
    // A login shell that stays around an agent would stay for as long, and hold the channel open.
    const command = `${frames.length === 0 ? '' : 'exec '}${agent.command(python)}`;
    const channel = await this.#route.exec({ command, stdin }, true);
    return await bootAgent(channel, { host, python });
  }

  /** Leaves the route that broke to end by itself: it may take a while to find out that nobody is there. */
  #changeRoute(): void {
    const broken = this.#route;
    this.#route = openRoute(this.#target, this.#deps);
    broken.close().catch(() => {});
  }

  #randomText(): string {
    return Buffer.from(this.#deps.randomBytes(16)).toString('hex');
  }
}

/** What makes a booted agent outlive its connection, or the way to the one that did. */
function keepFrames(
  keep: KeepOptions,
  holder: string,
  native: AgentPayload['native'],
): readonly Uint8Array[] {
  const { name, idleSeconds, busySeconds } = keep;
  const loads = (native(KEEPING) ?? []).map((bundle) =>
    encodeFrame({ t: 'load', name: bundle.name, kind: bundle.kind }, bundle.blob),
  );
  return [...loads, encodeFrame({ t: 'keep', name, holder, idleSeconds, busySeconds })];
}

function openRoute(target: ConnectionTarget, deps: ConnectionDeps): Route {
  return target.kind === 'local' ? localRoute(target.directory) : new SshRoute(target, deps);
}

function localRoute(directory: string | undefined): Route {
  return {
    exec: (request) => Promise.resolve(execLocally(request, directory)),
    close: () => Promise.resolve(),
  };
}

/** The SSH connection of a host, made with the first exec, and the connections that it goes through. */
class SshRoute implements Route {
  readonly #target: ConnectionTarget;
  readonly #deps: ConnectionDeps;
  readonly #jumps: SshLink[] = [];
  #connected: Promise<SshConnected> | undefined;

  constructor(target: ConnectionTarget, deps: ConnectionDeps) {
    this.#target = target;
    this.#deps = deps;
  }

  async exec(request: ExecRequest, mayGoAhead: boolean): Promise<ByteChannel> {
    const isFirst = this.#connected === undefined;
    const first = isFirst && mayGoAhead ? request : undefined;
    this.#connected ??= this.#connect(first);
    try {
      const { link, channel } = await this.#connected;
      return first !== undefined && channel !== undefined ? channel : await link.exec(request);
    } catch (error) {
      throw withHost(error, this.#target.host);
    }
  }

  async close(): Promise<void> {
    const connected = await this.#connected?.catch(() => undefined);
    for (const link of [connected?.link, ...this.#jumps.reverse()]) {
      await link?.close();
    }
  }

  async #connect(first: ExecRequest | undefined): Promise<SshConnected> {
    const { plan, warnings } = planSsh(this.#target, this.#deps.environment);
    for (const warning of warnings) {
      this.#deps.warn(warning);
    }
    const openStream = await this.#openStream(plan);
    const { connectSsh } = await loadSsh();
    return await connectSsh(plan, {
      warn: this.#deps.warn,
      ...(first === undefined ? {} : { first }),
      ...(openStream === undefined ? {} : { openStream }),
    });
  }

  /** Connects the hosts on the way, nearest first. */
  async #openStream(plan: SshPlan): Promise<(() => Promise<Duplex>) | undefined> {
    const command = plan.proxyCommand;
    if (command !== undefined) {
      return () => Promise.resolve(openProxyCommand(command));
    }
    let openStream: (() => Promise<Duplex>) | undefined;
    const { connectSsh } = await loadSsh();
    const hops = plan.jumps.map((jump) =>
      planSsh(jumpTarget(jump, this.#target, this.#deps.environment), this.#deps.environment),
    );
    for (const [index, hop] of hops.entries()) {
      const { link } = await connectSsh(hop.plan, {
        warn: this.#deps.warn,
        ...(openStream === undefined ? {} : { openStream }),
      });
      this.#jumps.push(link);
      const next = hops[index + 1]?.plan ?? plan;
      openStream = () => link.forward(next.address, next.port);
    }
    return openStream;
  }
}

/** ssh2 takes 30 ms to load, which a run on this machine alone need not spend. */
function loadSsh(): Promise<typeof import('./ssh-link.ts')> {
  return import('./ssh-link.ts');
}

function withHost(error: unknown, host: string): unknown {
  return error instanceof FailureError ? new FailureError({ ...error.failure, host }) : error;
}
