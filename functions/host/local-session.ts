/**
 * The session of a function with its own machine: modules in TypeScript, one request after the other. It means what the
 * agent's means, but nobody remembers what was executed: whoever runs it keeps account (`execute/accounted.ts`).
 */

import type { Clock } from '../../shared/base/clock.ts';
import { type Failure, FailureError, type FailureKind } from '../../shared/base/failure.ts';
import type { Dict, Value } from '../../shared/base/value.ts';
import { type LocalContext, ModuleFailure } from './local-modules/local-module.ts';
import { shownArguments } from './local-modules/module-arguments.ts';
import { osErrorOf } from './local-modules/os-error.ts';
import { findLocalModule } from './local-modules/registry.ts';
import { runProcess } from './local-modules/run-process.ts';
import { hasFailed } from './session/failed-groups.ts';
import type { Connection, ConnectionTarget, Reply, Session, SessionRequest } from './session/session.ts';
import { closedFailure, leftFailure } from './session/session-failure.ts';

export type LocalSessionDeps = {
  /** All that tasks see of an environment: nothing of the function's own, in which its credentials are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
};

const RUNNER =
  'name a host that runs such tasks, as `localhost ansible_connection=ssh ansible_host=ADDRESS` in the inventory, or delegate the task to a host of the inventory';

const NO_BECOME = `A function in the cloud cannot become another user on its own machine: ${RUNNER}`;

/** A connection to the machine that the function itself runs on. */
export function openLocalConnection(target: ConnectionTarget, deps: LocalSessionDeps): Connection {
  const session = new LocalSession(target, deps);
  const { host } = target;
  const port: Session = {
    python: '',
    executable: '',
    ended: session.ended,
    kept: Promise.resolve(undefined),
    run: (request) => session.run(request),
    load: () => {},
    cancel: () => session.cancel(),
    forget: () => {},
    close: () => session.end(closedFailure(host)),
    detach: () => session.end(leftFailure(host)),
  };
  return {
    raw: (command, become) => {
      if (become === undefined) return session.raw(command);
      return Promise.reject(new FailureError(failureOf(host, 'become-refused', NO_BECOME)));
    },
    session: () => Promise.resolve(port),
    close: port.close,
    detach: port.detach,
  };
}

class LocalSession {
  readonly ended: Promise<Failure | undefined>;
  readonly #target: ConnectionTarget;
  readonly #deps: LocalSessionDeps;
  readonly #over: PromiseWithResolvers<undefined> = Promise.withResolvers<undefined>();
  readonly #failedGroups = new Set<number>();
  #last: Promise<unknown> = Promise.resolve();
  /** Stops what is executed now. */
  #stop = new AbortController();
  #failure: Failure | undefined;
  #epoch = 0;

  constructor(target: ConnectionTarget, deps: LocalSessionDeps) {
    this.#target = target;
    this.#deps = deps;
    this.ended = this.#over.promise;
  }

  run(request: SessionRequest): Promise<Reply> {
    const epoch = request.epoch ?? this.#epoch;
    return this.#inTurn(() => this.#runNext(request, epoch));
  }

  raw(command: string): ReturnType<Connection['raw']> {
    return this.#inTurn(async () => {
      const request = { words: ['/bin/sh', '-c', command], directory: this.#directory() };
      const surroundings = { environment: this.#environment({}), signal: this.#stop.signal };
      const { code, stderr, stdout } = await runProcess(request, surroundings);
      // As over ssh, where the end by a signal has no exit code.
      return { exitCode: code < 0 ? 255 : code, stdout, stderr };
    });
  }

  cancel(): void {
    this.#stop.abort(new FailureError(timedOut(this.#target.host, 'The task was cancelled')));
  }

  async end(failure: Failure): Promise<void> {
    this.#failure ??= failure;
    this.#stop.abort(new FailureError(failure));
    this.#over.resolve(undefined);
    await this.#last;
  }

  #inTurn<T>(execute: () => Promise<T>): Promise<T> {
    const executed = this.#last.then(() => {
      if (this.#failure === undefined) this.#stop = new AbortController();
      return execute();
    });
    this.#last = executed.catch(() => undefined);
    return executed;
  }

  async #runNext(request: SessionRequest, epoch: number): Promise<Reply> {
    if (this.#failure !== undefined) return { kind: 'failed', failure: this.#failure, lost: 'unsent' };
    if (epoch < this.#epoch) return { kind: 'discarded' };
    const answer = await this.#answer(request);
    if (this.#failure !== undefined && answer.kind === 'failed') return { ...answer, lost: 'sent' };
    return { ...answer, epoch: this.#count(request, hasFailed(answer)) };
  }

  /** Gives the module's result in the form that Ansible's modules have, or why there is none. */
  async #answer(request: SessionRequest): Promise<Answer> {
    const { host } = this.#target;
    const module = findLocalModule(request.module);
    const refusal = refusalOf(request, module !== undefined);
    if (module === undefined || refusal !== undefined)
      return { kind: 'result', result: failed(refusal ?? '') };
    const { context, told } = this.#contextOf(request);
    const timer = this.#startTimer(request.timeout);
    try {
      return { kind: 'result', result: told(await module(request.args, context)) };
    } catch (error) {
      if (error instanceof FailureError) return { kind: 'failed', failure: error.failure };
      if (error instanceof ModuleFailure)
        return { kind: 'result', result: told(new Map([...error.result, ...failed(error.message)])) };
      return { kind: 'failed', failure: crashed(host, request.module, error) };
    } finally {
      clearTimeout(timer);
    }
  }

  #startTimer(seconds: number | undefined): NodeJS.Timeout | undefined {
    if (seconds === undefined) return undefined;
    const failure = timedOut(this.#target.host, 'The task did not end in its time');
    return setTimeout(() => this.#stop.abort(new FailureError(failure)), seconds * 1000);
  }

  #contextOf(request: SessionRequest): { context: LocalContext; told: (result: Dict) => Dict } {
    const { clock } = this.#deps;
    const warnings: string[] = [];
    let invocation: Dict | undefined;
    const context: LocalContext = {
      environment: this.#environment(request.environment ?? {}),
      directory: this.#directory(),
      isCheck: request.check === true,
      isDiff: request.diff === true,
      content: request.content,
      begunAtMs: request.begunAtMs ?? clock.now(),
      clock,
      signal: this.#stop.signal,
      warn: (text) => {
        if (!warnings.includes(text)) warnings.push(text);
      },
      noteArguments: (args, secret) => {
        invocation = new Map([['module_args', shownArguments(args, secret)]]);
      },
    };
    const told = (result: Dict): Dict => {
      if (!result.has('changed')) result.set('changed', false);
      if (invocation !== undefined) result.set('invocation', invocation);
      if (warnings.length > 0) result.set('warnings', warnings);
      return result;
    };
    return { context, told };
  }

  #environment(more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const all = Object.entries({ ...this.#deps.environment, ...more });
    return Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  }

  #directory(): string {
    return this.#target.directory ?? this.#deps.environment.HOME ?? '/';
  }

  /** The epoch after a request: higher, which discards what is queued behind, if its failure is one to all. */
  #count({ group, groupEnd, tolerated }: SessionRequest, isFailure: boolean): number {
    let stops = isFailure && tolerated !== true;
    if (group !== undefined) {
      if (stops) this.#failedGroups.add(group);
      stops = groupEnd === true && this.#failedGroups.delete(group);
    }
    if (stops) this.#epoch += 1;
    return this.#epoch;
  }
}

type Answer = Exclude<Reply, { readonly kind: 'discarded' }>;

/** Why a request cannot be executed here, or undefined. */
function refusalOf({ become, job, module }: SessionRequest, isKnown: boolean): string | undefined {
  if (become !== undefined) return NO_BECOME;
  const head = 'A function in the cloud has no Python on its own machine, and this task needs one there';
  if (job !== undefined) return `${head} (async): ${RUNNER}`;
  const name = module.replace('ansible.legacy.', '');
  return isKnown ? undefined : `${head} (${name}): ${RUNNER}`;
}

function failed(message: string): Dict {
  return new Map<Value, Value>([
    ['failed', true],
    ['msg', message],
  ]);
}

function failureOf(host: string, kind: FailureKind, message: string): Failure {
  return { kind, message, retryable: false, host };
}

function timedOut(host: string, message: string): Failure {
  return failureOf(host, 'timed-out', message);
}

function crashed(host: string, module: string, error: unknown): Failure {
  const why = osErrorOf(error)?.text ?? (error instanceof Error ? error.message : String(error));
  return failureOf(host, 'module-failed', `The module ${module} failed: ${why}`);
}
