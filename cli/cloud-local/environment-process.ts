/** One environment: an operating-system process that runs one invocation of one function at a time. */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type EnvironmentAnswer, type EnvironmentEvent, environmentScript } from './environment-main.ts';
import { isolate, isolatedDirectory } from './isolation.ts';
import type { ErrorObject } from './operation.ts';

/** How an invocation ended. */
export type InvocationOutcome =
  | { readonly kind: 'answered'; readonly payload: string }
  | { readonly kind: 'threw'; readonly error: ErrorObject }
  /** The process is gone, or is not waited for any more. */
  | { readonly kind: 'died'; readonly error: ErrorObject };

export type EnvironmentOptions = {
  readonly functionName: string;
  /** Holds the bundle and nothing else. */
  readonly directory: string;
  readonly bundleFile: string;
  readonly exportName: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** Directories hidden from an isolated environment; undefined without isolation. */
  readonly hidden: readonly string[] | undefined;
  readonly onLog: (text: string) => void;
};

type Invocation = {
  readonly requestId: string;
  readonly finish: (outcome: InvocationOutcome) => void;
  readonly timeout: NodeJS.Timeout;
  readonly watch: NodeJS.Timeout;
};

/** How often the memory of a running environment is looked at, in ms. */
const MEMORY_CHECK_MS = 100;
/** Part of the memory that Node's heap may use; the rest is for its code, buffers and stacks. */
const HEAP_PART = 0.9;
const PAGE_BYTES = 4096;
const MIB = 1_048_576;

export class EnvironmentProcess {
  readonly functionName: string;
  readonly directory: string;
  readonly #child: ChildProcess;
  readonly #options: EnvironmentOptions;
  readonly #queued: EnvironmentEvent[] = [];
  #isReady = false;
  #isFrozen = false;
  #isGone = false;
  #why: ErrorObject | undefined;
  #invocation: Invocation | undefined;
  /** Resolves once the process has ended. */
  readonly ended: Promise<void>;

  constructor(options: EnvironmentOptions) {
    this.functionName = options.functionName;
    this.directory = options.directory;
    this.#options = options;
    this.#child = start(options);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#child.on('message', (message) => this.#take(parseAnswer(message)));
    this.#child.on('error', (error) => this.#end(exitError(error.message), resolve));
    this.#child.on('exit', (code, signal) => this.#end(exitError(signal ?? `exit status ${code}`), resolve));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => options.onLog(text));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** The request in hand. */
  get requestId(): string | undefined {
    return this.#invocation?.requestId;
  }

  /** Runs one invocation; a process that takes too long or too much memory is killed. */
  invoke(event: EnvironmentEvent): Promise<InvocationOutcome> {
    if (this.#isGone) return Promise.resolve({ kind: 'died', error: exitError('exited before the event') });
    const { promise, resolve } = Promise.withResolvers<InvocationOutcome>();
    const seconds = (event.timeoutMs / 1000).toFixed(2);
    const tooLate = {
      ErrorType: 'Sandbox.Timedout',
      ErrorMessage: `Task timed out after ${seconds} seconds`,
    };
    this.#invocation = {
      requestId: event.requestId,
      finish: resolve,
      timeout: setTimeout(() => this.kill(tooLate), event.timeoutMs),
      watch: setInterval(() => this.#checkMemory(), MEMORY_CHECK_MS),
    };
    if (this.#isReady) this.#send(event);
    else this.#queued.push(event);
    return promise;
  }

  kill(why?: ErrorObject): void {
    this.#why ??= why;
    this.#child.kill('SIGKILL');
  }

  freeze(): void {
    this.#isFrozen = this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
    this.#isFrozen = false;
  }

  /** Counts the invocation in hand as lost, while the process goes on (or stays frozen) unknown to the cloud. */
  abandon(): void {
    this.#finish({ kind: 'died', error: exitError('lost') });
  }

  #send(event: EnvironmentEvent): void {
    this.#child.send(event, (error) => {
      if (error !== null) this.kill(exitError(error.message));
    });
  }

  #take(answer: EnvironmentAnswer): void {
    if (answer.kind === 'ready') {
      this.#isReady = true;
      for (const event of this.#queued.splice(0)) this.#send(event);
      return;
    }
    if (answer.requestId === this.#invocation?.requestId) this.#finish(answer);
  }

  #end(error: ErrorObject, ended: () => void): void {
    this.#isGone = true;
    this.#finish({ kind: 'died', error: this.#why ?? error });
    ended();
  }

  #finish(outcome: InvocationOutcome): void {
    const invocation = this.#invocation;
    if (invocation === undefined) return;
    this.#invocation = undefined;
    clearTimeout(invocation.timeout);
    clearInterval(invocation.watch);
    invocation.finish(outcome);
  }

  #checkMemory(): void {
    const megabytes = residentBytes(this.pid) / MIB;
    if (megabytes <= this.#options.memoryMb) return;
    this.kill({
      ErrorType: 'Runtime.OutOfMemory',
      ErrorMessage: `Memory Size: ${this.#options.memoryMb} MB Max Memory Used: ${Math.ceil(megabytes)} MB`,
    });
  }
}

function start(options: EnvironmentOptions): ChildProcess {
  const isIsolated = options.hidden !== undefined;
  const directory = isIsolated ? isolatedDirectory : options.directory;
  const nodeArguments = [
    `--max-old-space-size=${Math.floor(options.memoryMb * HEAP_PART)}`,
    '--eval',
    environmentScript,
    `${directory}/${options.bundleFile}`,
    options.exportName,
  ];
  const node = process.execPath;
  const { hidden = [] } = options;
  const command = isIsolated ? 'unshare' : node;
  const given = isIsolated
    ? isolate({ node, nodeArguments, directory: options.directory, hidden })
    : nodeArguments;
  return spawn(command, given, {
    cwd: options.directory,
    env: options.variables,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function parseAnswer(message: unknown): EnvironmentAnswer {
  return message as EnvironmentAnswer;
}

function exitError(what: string): ErrorObject {
  return { ErrorType: 'Runtime.ExitError', ErrorMessage: `Runtime exited with error: ${what}` };
}

/** What a process keeps in memory; 0 where the system does not say. */
function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
}
