/** The environments of all functions: started when needed, used again while warm, one invocation each at a time. */

import { randomUUID } from 'node:crypto';
import {
  type EnvironmentOptions,
  EnvironmentProcess,
  type InvocationOutcome,
} from './environment-process.ts';
import { functionArn, LATEST } from './function-config.ts';
import type { ErrorObject } from './operation.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A function made ready to run. */
export type PreparedFunction = {
  readonly name: string;
  readonly timeoutMs: number;
  readonly environment: EnvironmentOptions;
};

export type InvocationStart = {
  readonly functionName: string;
  readonly pid: number;
  readonly requestId: string;
  /** JSON text, as the function gets it. */
  readonly event: string;
};

export type EnvironmentInfo = {
  readonly pid: number;
  readonly functionName: string;
  readonly state: 'idle' | 'busy' | 'frozen' | 'abandoned';
  readonly requestId?: string;
};

export type PoolOptions = {
  readonly clock: VirtualClock;
  /** Invocations that run at once. */
  readonly concurrency: number;
  /** Uses environments again. */
  readonly keepsWarm: boolean;
  /** Stops environments between their invocations, as AWS does. */
  readonly freezesIdle: boolean;
  readonly onInvocation?: (start: InvocationStart) => void;
};

export type FunctionUse = {
  /** Time that invocations took, in ms of the machine's clock. */
  readonly busyMs: number;
  readonly invocations: number;
  /** How many of them had to start an environment. */
  readonly coldStarts: number;
};

export class EnvironmentPool {
  readonly #options: PoolOptions;
  readonly #idle: EnvironmentProcess[] = [];
  readonly #all = new Set<EnvironmentProcess>();
  readonly #abandoned = new Set<EnvironmentProcess>();
  readonly #waiting: (() => void)[] = [];
  readonly #use = new Map<string, FunctionUse>();
  #busy = 0;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Runs one invocation, after those that wait for a free place; time does not jump meanwhile. */
  async run(
    prepared: PreparedFunction,
    event: string,
    requestId: string = randomUUID(),
  ): Promise<InvocationOutcome> {
    const release = this.#options.clock.hold();
    try {
      await this.#takePlace();
      if (this.#isClosed) return closed;
      return await this.#runNow(prepared, event, requestId);
    } finally {
      // The outcome is acted on first: microtasks come before the immediate in which time may jump.
      release();
    }
  }

  list(): readonly EnvironmentInfo[] {
    return [...this.#all].map((environment) => ({
      pid: environment.pid,
      functionName: environment.functionName,
      state: this.#stateOf(environment),
      ...(environment.requestId === undefined ? {} : { requestId: environment.requestId }),
    }));
  }

  use(functionName: string): FunctionUse {
    return this.#use.get(functionName) ?? { busyMs: 0, invocations: 0, coldStarts: 0 };
  }

  kill(pid: number): void {
    this.#find(pid).kill();
  }

  freeze(pid: number): void {
    this.#find(pid).freeze();
  }

  thaw(pid: number): void {
    this.#find(pid).thaw();
  }

  abandon(pid: number): void {
    const environment = this.#find(pid);
    this.#abandoned.add(environment);
    environment.abandon();
  }

  /** Ends every environment that is idle, so that the next invocation starts cold. */
  async retire(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(killed));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#all].map(killed));
  }

  async #runNow(prepared: PreparedFunction, event: string, requestId: string): Promise<InvocationOutcome> {
    const startedMs = performance.now();
    const { clock, onInvocation } = this.#options;
    const warm = this.#takeWarm(prepared.environment.directory);
    const environment = warm ?? this.#start(prepared);
    try {
      const invocation = environment.invoke({
        requestId,
        event,
        functionArn: functionArn(prepared.name, LATEST),
        timeoutMs: prepared.timeoutMs,
        skippedMs: clock.skippedMs,
      });
      onInvocation?.({ functionName: prepared.name, pid: environment.pid, requestId, event });
      const outcome = await invocation;
      if (outcome.kind !== 'answered') prepared.environment.onLog(errorText(requestId, outcome.error));
      return outcome;
    } finally {
      this.#count(prepared.name, performance.now() - startedMs, warm === undefined);
      this.#putBack(environment);
    }
  }

  async #takePlace(): Promise<void> {
    if (this.#busy >= this.#options.concurrency) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    } else this.#busy++;
  }

  /** A place goes to the next who waits; else it is free. */
  #leavePlace(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy--;
    else next();
  }

  /** Environments of an older deployment lie in another directory. */
  #takeWarm(directory: string): EnvironmentProcess | undefined {
    const index = this.#idle.findLastIndex((environment) => environment.directory === directory);
    if (index < 0) return undefined;
    const [environment] = this.#idle.splice(index, 1);
    if (environment === undefined || environment.isGone) return this.#takeWarm(directory);
    if (environment.isFrozen) environment.thaw();
    return environment;
  }

  #start({ environment: options }: PreparedFunction): EnvironmentProcess {
    // Idle environments of other functions make room.
    if (this.#busy + this.#idle.length > this.#options.concurrency) this.#idle.shift()?.kill();
    const environment = new EnvironmentProcess(options);
    this.#all.add(environment);
    void environment.ended.then(() => {
      this.#all.delete(environment);
      this.#abandoned.delete(environment);
      const index = this.#idle.indexOf(environment);
      if (index >= 0) this.#idle.splice(index, 1);
    });
    return environment;
  }

  #putBack(environment: EnvironmentProcess): void {
    if (environment.isGone || this.#abandoned.has(environment)) {
      // A process that is gone, or a zombie that nobody waits for.
    } else if (!this.#options.keepsWarm) environment.kill();
    else {
      if (this.#options.freezesIdle) environment.freeze();
      this.#idle.push(environment);
    }
    this.#leavePlace();
  }

  #count(name: string, busyMs: number, isCold: boolean): void {
    const before = this.use(name);
    this.#use.set(name, {
      busyMs: before.busyMs + busyMs,
      invocations: before.invocations + 1,
      coldStarts: before.coldStarts + (isCold ? 1 : 0),
    });
  }

  #stateOf(environment: EnvironmentProcess): EnvironmentInfo['state'] {
    if (this.#abandoned.has(environment)) return 'abandoned';
    if (environment.requestId === undefined) return 'idle';
    return environment.isFrozen ? 'frozen' : 'busy';
  }

  #find(pid: number): EnvironmentProcess {
    for (const environment of this.#all) if (environment.pid === pid) return environment;
    throw new Error(`no environment has the process id ${pid}`);
  }
}

/** As the runtime writes it to a function's log. */
function errorText(requestId: string, { ErrorMessage, ErrorType, StackTrace = [] }: ErrorObject): string {
  return [`RequestId: ${requestId} ${ErrorType}: ${ErrorMessage}`, ...StackTrace, ''].join('\n');
}

const closed: InvocationOutcome = {
  kind: 'died',
  error: { ErrorMessage: 'The local cloud is closed' },
};

async function killed(environment: EnvironmentProcess): Promise<void> {
  environment.kill();
  await environment.ended;
}
