/** The whole cloud on this machine: Lambda with durable functions, DynamoDB, S3, Parameter Store, Secrets Manager. */

import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { clientEnvironment, type Endpoints, SERVICES } from './client-environment.ts';
import { createBucket, createTable } from './create-stores.ts';
import type { ExecutionSummary } from './durable-execution.ts';
import {
  type EnvironmentInfo,
  EnvironmentPool,
  type FunctionUse,
  type InvocationStart,
} from './environment-pool.ts';
import type { Faults, ServiceName } from './faults.ts';
import { type FunctionConfig, LATEST } from './function-config.ts';
import { FunctionDirectory } from './function-directory.ts';
import { type Front, type FrontOptions, openFront, targetAction } from './http-front.ts';
import { lambdaAction, serveLambda } from './lambda-api.ts';
import { type InvokeAnswer, LambdaService } from './lambda-service.ts';
import { openObjectService } from './object-service.ts';
import type { Operation } from './operation.ts';
import { type InitialParameters, serveParameters } from './parameter-service.ts';
import { serveSecrets } from './secret-service.ts';
import { type EmulatedService, openTableService } from './table-service.ts';
import { VirtualClock } from './virtual-clock.ts';

export type LocalCloudOptions = {
  /** Where tables, objects, parameters and secrets are kept; in memory without it. Executions end with the cloud. */
  readonly dataDirectory?: string;
  /** A bucket that exists from the start. */
  readonly bucket?: string;
  /** Parameters that exist from the start, all of them SecureStrings. */
  readonly parameters?: InitialParameters;
  /** The services listen on this port of 127.0.0.1 and the four behind it; by default on free ones. */
  readonly firstPort?: number;
  /** A table of Sortie's store that exists from the start. */
  readonly table?: string;
  /** Jumps over time in which nothing runs, and shifts the clock inside of environments accordingly. */
  readonly jumpsOverWaits?: boolean;
  /** Instead of jumping: how much faster time passes while nothing runs, for targets whose work takes real time. */
  readonly idleSpeed?: number;
  readonly onTimeJump?: (now: number) => void;
  /** Invocations that run at once; four per processor by default. */
  readonly concurrency?: number;
  /** Uses environments again; true by default. */
  readonly keepsWarm?: boolean;
  /** Stops environments between invocations, as AWS does. */
  readonly freezesIdle?: boolean;
  /** Gives each environment a file system of its own that is read-only but for /tmp; only root can. */
  readonly isolate?: { readonly hidden: readonly string[] };
  readonly faults?: Faults;
  /** Refuses more than 40 requests a second to Parameter Store. */
  readonly throttlesParameters?: boolean;
  /** Operations in one part of an execution's state. */
  readonly pageOperations?: number;
  /** Crashes of an execution in a row after which it fails. */
  readonly crashesMax?: number;
  readonly onInvocation?: (start: InvocationStart) => void;
  /** What functions write to their standard output and error. */
  readonly onLog?: (functionName: string, text: string) => void;
};

export type StartOptions = {
  readonly type?: 'RequestResponse' | 'Event';
  /** The name of the durable execution. */
  readonly executionName?: string;
};

export type LocalCloud = {
  /** URLs by service: `lambda`, `dynamodb`, `s3`, `ssm`, `secretsmanager`. */
  readonly endpoints: Endpoints;
  /** What a client or `sortie` needs in its environment to use this cloud. */
  readonly environment: Readonly<Record<string, string>>;
  readonly functions: () => readonly FunctionConfig[];
  /** Deploys a function, or replaces it; environments of the previous bundle are not used again. */
  readonly addFunction: (config: FunctionConfig) => Promise<void>;
  readonly invoke: (functionName: string, event: unknown, options?: StartOptions) => Promise<InvokeAnswer>;
  readonly executions: {
    readonly list: (functionName?: string) => readonly ExecutionSummary[];
    readonly get: (arn: string) => ExecutionSummary;
    readonly operations: (arn: string) => readonly Operation[];
    /** Resolves once the execution has ended. */
    readonly ended: (arn: string) => Promise<ExecutionSummary>;
    readonly stop: (arn: string) => void;
  };
  readonly environments: {
    readonly list: () => readonly EnvironmentInfo[];
    readonly kill: (pid: number) => void;
    readonly freeze: (pid: number) => void;
    readonly thaw: (pid: number) => void;
    /** Counts the invocation in hand as lost while its process stays: frozen or not, it is a zombie from then on. */
    readonly abandon: (pid: number) => void;
    /** Ends the idle ones, so that the next invocations start cold. */
    readonly retire: () => Promise<void>;
  };
  readonly setFaults: (faults: Faults) => void;
  /** Invocations of a function and the time they took. */
  readonly use: (functionName: string) => FunctionUse;
  readonly now: () => number;
  /** Keeps time from jumping until the answer is called. */
  readonly holdTime: () => () => void;
  readonly close: () => Promise<void>;
};

const CONCURRENCY_PER_PROCESSOR = 4;
const PAGE_OPERATIONS = 1000;
const CRASHES_MAX = 50;

/** Starts everything on 127.0.0.1, on ports of its choice. */
export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const concurrency = options.concurrency ?? availableParallelism() * CONCURRENCY_PER_PROCESSOR;
  let faults = options.faults ?? {};
  const clock = createClock(options);
  const pool = createPool(options, clock, concurrency);
  const lambda = new LambdaService({
    clock,
    pool,
    faults: () => faults,
    pageOperations: options.pageOperations ?? PAGE_OPERATIONS,
    crashesMax: options.crashesMax ?? CRASHES_MAX,
  });
  const services = await openServices({ options, clock, lambda, concurrency, faults: () => faults });
  const environment = clientEnvironment(services.endpoints);
  const directory = new FunctionDirectory();
  const closeAll = async (): Promise<void> => {
    lambda.backend.close();
    clock.close();
    await pool.close();
    await services.close();
    directory.remove();
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeAll();
    return closing;
  };
  try {
    const { bucket, table } = options;
    if (table !== undefined) await createTable(services.endpoints.dynamodb, table);
    if (bucket !== undefined) await createBucket(services.endpoints.s3, bucket);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    endpoints: services.endpoints,
    environment,
    functions: () => lambda.functions(),
    addFunction: async (config) => {
      const { hidden } = options.isolate ?? {};
      const { onLog = () => undefined } = options;
      lambda.deploy(directory.prepare(config, { environment, hidden, onLog }));
      await pool.retire();
    },
    invoke: (functionName, event, start = {}) => lambda.invoke(invokeRequest(functionName, event, start)),
    executions: executionsOf(lambda),
    environments: environmentsOf(pool),
    setFaults: (next) => {
      faults = next;
    },
    use: (functionName) => pool.use(functionName),
    now: () => clock.now(),
    holdTime: () => clock.hold(),
    close,
  };
}

type ServiceDeps = {
  readonly options: LocalCloudOptions;
  readonly clock: VirtualClock;
  readonly lambda: LambdaService;
  readonly concurrency: number;
  readonly faults: () => Faults;
};

type ServicePart = Pick<FrontOptions, 'handle' | 'actionOf'>;

type Services = {
  readonly endpoints: Endpoints;
  readonly close: () => Promise<void>;
};

async function openServices({ clock, concurrency, faults, lambda, options }: ServiceDeps): Promise<Services> {
  const opened: (Front | EmulatedService)[] = [];
  const keep = <Service extends Front | EmulatedService>(service: Service): Service => {
    opened.unshift(service);
    return service;
  };
  const close = async (): Promise<void> => {
    for (const service of opened.splice(0)) await service.close();
  };
  const now = (): number => clock.now();
  const kept = (name: string): string | undefined =>
    options.dataDirectory === undefined ? undefined : path.join(options.dataDirectory, name);
  const { firstPort, parameters = {}, throttlesParameters = false } = options;
  const open = async (service: ServiceName, part: ServicePart): Promise<string> => {
    const port = firstPort === undefined ? 0 : firstPort + SERVICES.indexOf(service);
    return keep(await openFront({ service, faults, port, ...part })).url;
  };
  try {
    if (options.dataDirectory !== undefined)
      mkdirSync(options.dataDirectory, { recursive: true, mode: 0o700 });
    const tables = keep(await openTableService(kept('tables')));
    const objects = keep(await openObjectService(kept('objects')));
    const ssm = serveParameters({
      now,
      isThrottled: throttlesParameters,
      file: kept('parameters.json'),
      initial: parameters,
    });
    const secrets = serveSecrets(now, kept('secrets.json'));
    const endpoints = {
      lambda: await open('lambda', {
        handle: serveLambda({ lambda, clock, concurrency }),
        actionOf: lambdaAction,
      }),
      dynamodb: await open('dynamodb', { handle: tables.handle, actionOf: targetAction }),
      s3: await open('s3', { handle: objects.handle, actionOf: ({ method = '' }) => method }),
      ssm: await open('ssm', { handle: ssm, actionOf: targetAction }),
      secretsmanager: await open('secretsmanager', { handle: secrets, actionOf: targetAction }),
    };
    return { endpoints, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createClock({ idleSpeed = 1, jumpsOverWaits, onTimeJump }: LocalCloudOptions): VirtualClock {
  return new VirtualClock({
    idleSpeed: jumpsOverWaits === true ? Number.POSITIVE_INFINITY : idleSpeed,
    ...(onTimeJump === undefined ? {} : { onJump: onTimeJump }),
  });
}

function createPool(options: LocalCloudOptions, clock: VirtualClock, concurrency: number): EnvironmentPool {
  const { freezesIdle = false, keepsWarm = true, onInvocation } = options;
  const observed = onInvocation === undefined ? {} : { onInvocation };
  return new EnvironmentPool({ clock, concurrency, keepsWarm, freezesIdle, ...observed });
}

function invokeRequest(
  functionName: string,
  event: unknown,
  { executionName, type = 'RequestResponse' }: StartOptions,
): Parameters<LambdaService['invoke']>[0] {
  const payload = JSON.stringify(event ?? {});
  const named = executionName === undefined ? {} : { executionName };
  return { functionName, qualifier: LATEST, type, payload, ...named };
}

function executionsOf({ backend }: LambdaService): LocalCloud['executions'] {
  return {
    list: (functionName) => backend.list(functionName),
    get: (arn) => backend.get(arn),
    operations: (arn) => backend.operations(arn),
    ended: (arn) => backend.ended(arn),
    stop: (arn) => {
      backend.stop(arn);
    },
  };
}

function environmentsOf(pool: EnvironmentPool): LocalCloud['environments'] {
  return {
    list: () => pool.list(),
    kill: (pid) => pool.kill(pid),
    freeze: (pid) => pool.freeze(pid),
    thaw: (pid) => pool.thaw(pid),
    abandon: (pid) => pool.abandon(pid),
    retire: () => pool.retire(),
  };
}
