/** The whole cloud on this machine: Lambda with durable functions, DynamoDB, S3, Parameter Store, Secrets Manager. */

import { availableParallelism } from 'node:os';
import { createBucket, createTable } from './create-stores.ts';
import type { ExecutionSummary } from './durable-execution.ts';
import {
  type EnvironmentInfo,
  EnvironmentPool,
  type FunctionUse,
  type InvocationStart,
} from './environment-pool.ts';
import type { Faults } from './faults.ts';
import { type FunctionConfig, LATEST, localCredentials, localRegion } from './function-config.ts';
import { FunctionDirectory } from './function-directory.ts';
import { type Front, openFront, targetAction } from './http-front.ts';
import { lambdaAction, serveLambda } from './lambda-api.ts';
import { type InvokeAnswer, LambdaService } from './lambda-service.ts';
import { openObjectService } from './object-service.ts';
import type { Operation } from './operation.ts';
import { serveParameters } from './parameter-service.ts';
import { serveSecrets } from './secret-service.ts';
import { type EmulatedService, openTableService } from './table-service.ts';
import { VirtualClock } from './virtual-clock.ts';

export type LocalCloudOptions = {
  /** Where tables are kept; in memory without it. */
  readonly dataDirectory?: string;
  /** A bucket that exists from the start. */
  readonly bucket?: string;
  /** A table of Sortie's store that exists from the start. */
  readonly table?: string;
  /** Jumps over time in which nothing runs, and shifts the clock inside of environments accordingly. */
  readonly jumpsOverWaits?: boolean;
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
  readonly endpoints: Readonly<Record<EndpointName, string>>;
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

export type EndpointName = 'lambda' | 'dynamodb' | 's3' | 'ssm' | 'secretsmanager';

const CONCURRENCY_PER_PROCESSOR = 4;
const PAGE_OPERATIONS = 1000;
const CRASHES_MAX = 50;

/** Starts everything on 127.0.0.1, on ports of its choice. */
export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const concurrency = options.concurrency ?? availableParallelism() * CONCURRENCY_PER_PROCESSOR;
  let faults = options.faults ?? {};
  const { onTimeJump } = options;
  const clock = new VirtualClock({
    jumps: options.jumpsOverWaits ?? false,
    ...(onTimeJump === undefined ? {} : { onJump: onTimeJump }),
  });
  const pool = createPool(options, clock, concurrency);
  const lambda = new LambdaService({
    clock,
    pool,
    faults: () => faults,
    pageOperations: options.pageOperations ?? PAGE_OPERATIONS,
    crashesMax: options.crashesMax ?? CRASHES_MAX,
  });
  const services = await openServices({ options, clock, lambda, concurrency, faults: () => faults });
  const environment = environmentFor(services.endpoints);
  const directory = new FunctionDirectory();
  const close = async (): Promise<void> => {
    lambda.backend.close();
    clock.close();
    await pool.close();
    await services.close();
    directory.remove();
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

type Services = {
  readonly endpoints: Readonly<Record<EndpointName, string>>;
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
  const isThrottled = options.throttlesParameters ?? false;
  try {
    const tables = keep(await openTableService(options.dataDirectory));
    const objects = keep(await openObjectService());
    const json = { actionOf: targetAction, faults };
    const lambdaHandle = serveLambda({ lambda, clock, concurrency });
    const fronts = {
      lambda: await openFront({ service: 'lambda', handle: lambdaHandle, actionOf: lambdaAction, faults }),
      dynamodb: await openFront({ service: 'dynamodb', handle: tables.handle, ...json }),
      s3: await openFront({
        service: 's3',
        handle: objects.handle,
        actionOf: ({ method = '' }) => method,
        faults,
      }),
      ssm: await openFront({ service: 'ssm', handle: serveParameters({ now, isThrottled }), ...json }),
      secretsmanager: await openFront({ service: 'secretsmanager', handle: serveSecrets(now), ...json }),
    };
    for (const front of Object.values(fronts)) keep(front);
    const { dynamodb, lambda: functions, s3, secretsmanager, ssm } = fronts;
    const endpoints = {
      lambda: functions.url,
      dynamodb: dynamodb.url,
      s3: s3.url,
      ssm: ssm.url,
      secretsmanager: secretsmanager.url,
    };
    return { endpoints, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createPool(options: LocalCloudOptions, clock: VirtualClock, concurrency: number): EnvironmentPool {
  const { freezesIdle = false, keepsWarm = true, onInvocation } = options;
  const observed = onInvocation === undefined ? {} : { onInvocation };
  return new EnvironmentPool({ clock, concurrency, keepsWarm, freezesIdle, ...observed });
}

/** For an IP address the SDK puts the bucket into the path by itself, so S3 needs no special client. */
function environmentFor(endpoints: Services['endpoints']): Readonly<Record<string, string>> {
  return {
    AWS_REGION: localRegion,
    AWS_DEFAULT_REGION: localRegion,
    ...localCredentials,
    AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SSM: endpoints.ssm,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsmanager,
  };
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
