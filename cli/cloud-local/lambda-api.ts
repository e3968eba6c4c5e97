/** The part of Lambda's HTTP API that Sortie and the durable SDK use. */

import type { IncomingMessage, RequestListener } from 'node:http';
import { AwsError, resourceNotFound } from './aws-error.ts';
import type { ExecutionSummary } from './durable-execution.ts';
import { type FunctionConfig, functionArn, functionDefaults, LATEST } from './function-config.ts';
import { type Answer, errorAnswer, readBody, send } from './http-front.ts';
import type { Deployed, InvokeRequest, LambdaService } from './lambda-service.ts';
import { asSeconds, describeOperation, type ErrorObject } from './operation.ts';
import { parseUpdates } from './operation-update.ts';
import type { VirtualClock } from './virtual-clock.ts';

export type LambdaApiDeps = {
  readonly lambda: LambdaService;
  readonly clock: VirtualClock;
  /** Invocations that run at once, as the account's settings tell them. */
  readonly concurrency: number;
};

type Call = {
  readonly deps: LambdaApiDeps;
  /** The part of the path that names a function or an execution. */
  readonly subject: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  /** Lets time jump while this call waits. */
  readonly release: () => void;
};

type Route = {
  readonly action: string;
  readonly method: string;
  readonly path: RegExp;
  readonly serve: (call: Call) => Promise<Answer> | Answer;
};

const ROUTES: readonly Route[] = [
  route('Invoke', 'POST', '/2015-03-31/functions/*/invocations', invoke),
  route('GetFunction', 'GET', '/2015-03-31/functions/*', getFunction),
  route('GetFunctionConfiguration', 'GET', '/2015-03-31/functions/*/configuration', getConfiguration),
  route('GetAccountSettings', 'GET', '/2016-08-19/account-settings', getAccountSettings),
  route(
    'ListDurableExecutionsByFunction',
    'GET',
    '/2025-12-01/functions/*/durable-executions',
    listExecutions,
  ),
  route('CheckpointDurableExecution', 'POST', '/2025-12-01/durable-executions/*/checkpoint', checkpoint),
  route('GetDurableExecutionState', 'GET', '/2025-12-01/durable-executions/*/state', getState),
  route('StopDurableExecution', 'POST', '/2025-12-01/durable-executions/*/stop', stopExecution),
  route('GetDurableExecution', 'GET', '/2025-12-01/durable-executions/*', getExecution),
];

/** Serves the API; time does not jump while a request is read. */
export function serveLambda(deps: LambdaApiDeps): RequestListener {
  return (request, response) => {
    const release = deps.clock.hold();
    answer(deps, request, release)
      .catch(errorAnswer)
      .then((sent) => send(response, sent))
      .finally(release)
      .catch((error: Error) => response.destroy(error));
  };
}

export function lambdaAction(request: IncomingMessage): string {
  return find(request)?.action ?? 'Unknown';
}

async function answer(deps: LambdaApiDeps, request: IncomingMessage, release: () => void): Promise<Answer> {
  const found = find(request);
  if (found === undefined) throw resourceNotFound(`No such call: ${request.method} ${request.url}`);
  const { pathname, searchParams: query } = urlOf(request);
  const subject = decodeURIComponent(found.path.exec(pathname)?.[1] ?? '');
  return found.serve({ deps, subject, query, request, release });
}

async function invoke({ deps, query, release, request, subject }: Call): Promise<Answer> {
  const { headers } = request;
  const executionName = headers['x-amz-durable-execution-name'];
  const qualifier = query.get('Qualifier');
  const payload = (await readBody(request)) || '{}';
  const invocation = deps.lambda.invoke({
    functionName: subject,
    type: parseType(headers['x-amz-invocation-type'] ?? 'RequestResponse'),
    payload,
    ...(qualifier === null ? {} : { qualifier }),
    ...(typeof executionName === 'string' ? { executionName } : {}),
  });
  // What runs now holds time by itself; a synchronous call may wait for hours that time can jump over.
  release();
  const { executionArn, functionError, payload: body = '', status } = await invocation;
  return {
    status,
    body,
    headers: {
      'x-amz-executed-version': LATEST,
      ...(functionError === undefined ? {} : { 'x-amz-function-error': functionError }),
      ...(executionArn === undefined ? {} : { 'x-amz-durable-execution-arn': executionArn }),
    },
  };
}

function getFunction({ deps, subject }: Call): Answer {
  const Configuration = describeFunction(deps.lambda.find(subject));
  return json({ Configuration, Code: { RepositoryType: 'S3' } });
}

function getConfiguration({ deps, subject }: Call): Answer {
  return json(describeFunction(deps.lambda.find(subject)));
}

function getAccountSettings({ deps }: Call): Answer {
  const { concurrency } = deps;
  return json({
    AccountLimit: {
      ConcurrentExecutions: concurrency,
      UnreservedConcurrentExecutions: concurrency,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      TotalCodeSize: 80_530_636_800,
    },
    AccountUsage: { FunctionCount: deps.lambda.functions().length, TotalCodeSize: 0 },
  });
}

function listExecutions({ deps, query, subject }: Call): Answer {
  const { config } = deps.lambda.find(subject);
  const statuses = query.getAll('Statuses');
  const name = query.get('DurableExecutionName');
  const from = Number(query.get('Marker') ?? 0);
  const max = Number(query.get('MaxItems') ?? 100);
  const all = deps.lambda.backend
    .list(config.name)
    .filter((summary) => statuses.length === 0 || statuses.includes(summary.status))
    .filter((summary) => name === null || summary.name === name);
  if (query.get('ReverseOrder') === 'true') all.reverse();
  const page = all.slice(from, from + max).map(describeExecution);
  return json({
    DurableExecutions: page,
    ...(from + max < all.length ? { NextMarker: String(from + max) } : {}),
  });
}

async function checkpoint({ deps, request, subject }: Call): Promise<Answer> {
  const { ClientToken, CheckpointToken, Updates } = parseBody(await readBody(request));
  const { operations, token } = deps.lambda.backend.checkpoint(subject, {
    token: String(CheckpointToken),
    updates: parseUpdates(Updates),
    ...(typeof ClientToken === 'string' ? { clientToken: ClientToken } : {}),
  });
  const Operations = operations.map((operation) => describeOperation(operation, asSeconds));
  return json({ CheckpointToken: token, NewExecutionState: { Operations } });
}

function getState({ deps, query, subject }: Call): Answer {
  const { nextMarker, operations } = deps.lambda.backend.readState(subject, {
    token: query.get('CheckpointToken') ?? '',
    marker: query.get('Marker') ?? '0',
  });
  const Operations = operations.map((operation) => describeOperation(operation, asSeconds));
  return json({ Operations, ...(nextMarker === undefined ? {} : { NextMarker: nextMarker }) });
}

async function stopExecution({ deps, request, subject }: Call): Promise<Answer> {
  const body = await readBody(request);
  const error = body === '' ? undefined : parseError(body);
  return json({ StopTimestamp: asSeconds(deps.lambda.backend.stop(subject, error)) });
}

function getExecution({ deps, subject }: Call): Answer {
  const summary = deps.lambda.backend.get(subject);
  const { config } = deps.lambda.find(summary.functionName);
  return json({
    ...describeExecution(summary),
    InputPayload: summary.input,
    Result: summary.result,
    Error: summary.error,
    Version: LATEST,
    DurableConfig: describeDurable(config),
  });
}

function describeExecution(summary: ExecutionSummary): Record<string, unknown> {
  const { endedAt } = summary;
  return {
    DurableExecutionArn: summary.arn,
    DurableExecutionName: summary.name,
    FunctionArn: functionArn(summary.functionName, LATEST),
    Status: summary.status,
    StartTimestamp: asSeconds(summary.startedAt),
    ...(endedAt === undefined ? {} : { EndTimestamp: asSeconds(endedAt) }),
  };
}

function describeFunction({ codeHash, config }: Deployed): Record<string, unknown> {
  return {
    FunctionName: config.name,
    FunctionArn: functionArn(config.name),
    Runtime: 'nodejs24.x',
    Handler: `index.${config.exportName ?? functionDefaults.exportName}`,
    Timeout: config.timeoutSeconds ?? functionDefaults.timeoutSeconds,
    MemorySize: config.memoryMb ?? functionDefaults.memoryMb,
    Environment: { Variables: config.environment ?? {} },
    DurableConfig: describeDurable(config),
    CodeSha256: codeHash,
    Version: LATEST,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: ['arm64'],
  };
}

function describeDurable({ durable }: FunctionConfig): Record<string, unknown> | undefined {
  if (durable === undefined) return undefined;
  return {
    ExecutionTimeout: durable.executionTimeoutSeconds,
    RetentionPeriodInDays: durable.retentionDays ?? 14,
  };
}

function route(action: string, method: string, path: string, serve: Route['serve']): Route {
  return { action, method, path: new RegExp(`^${path.replace('*', '([^/]+)')}/?$`), serve };
}

function find(request: IncomingMessage): Route | undefined {
  const { pathname } = urlOf(request);
  return ROUTES.find(({ method, path }) => method === request.method && path.test(pathname));
}

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', 'http://local');
}

function json(body: unknown): Answer {
  return { status: 200, body: JSON.stringify(body) };
}

function parseType(header: string | string[]): InvokeRequest['type'] {
  if (header === 'RequestResponse' || header === 'Event' || header === 'DryRun') return header;
  throw new AwsError('InvalidParameterValueException', `Invalid invocation type ${String(header)}`);
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json.');
  }
}

function parseError(text: string): ErrorObject {
  return parseBody(text) as ErrorObject;
}
