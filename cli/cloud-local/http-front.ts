/** HTTP servers on the loopback interface, each in front of one service, with faults on demand. */

import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError } from './aws-error.ts';
import type { Faults, RequestInfo, ServiceName } from './faults.ts';

export type Front = { readonly url: string; readonly close: () => Promise<void> };

export type FrontOptions = {
  readonly service: ServiceName;
  readonly handle: RequestListener;
  /** The name of the call that a request makes. */
  readonly actionOf: (request: IncomingMessage) => string;
  /** Faults as they are at the moment. */
  readonly faults: () => Faults;
  readonly port?: number;
};

export type Answer = {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Largest body that is read, in bytes: above what any of the calls may carry. */
const BODY_BYTES_MAX = 67_108_864;

/** Starts a server on 127.0.0.1. */
export async function openFront(options: FrontOptions): Promise<Front> {
  const server = createServer((request, response) => {
    passOn(options, request, response).catch((error: unknown) => response.destroy(asError(error)));
  });
  server.keepAliveTimeout = 60_000;
  const { promise, reject, resolve } = Promise.withResolvers<void>();
  server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

/** `X-Amz-Target: AmazonSSM.GetParameters` names the call. */
export function targetAction({ headers }: IncomingMessage): string {
  const target = String(headers['x-amz-target'] ?? '');
  return target.slice(target.lastIndexOf('.') + 1);
}

export async function readBody(request: IncomingMessage): Promise<string> {
  return (await readBytes(request)).toString('utf8');
}

export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > BODY_BYTES_MAX) throw new AwsError('RequestTooLargeException', 'Request too large.', 413);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks);
}

export function send(response: ServerResponse, { body = '', headers = {}, status }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}

/** An error as the JSON protocols of AWS spell it; what is no AWS error is a mistake of ours. */
export function errorAnswer(error: unknown): Answer {
  const { code, message, status } =
    error instanceof AwsError ? error : new AwsError('ServiceException', String(error), 500);
  return {
    status,
    headers: { 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, Type: 'User', message, Message: message }),
  };
}

async function passOn(
  options: FrontOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { actionOf, faults, handle, service } = options;
  const info: RequestInfo = { service, action: actionOf(request), path: request.url ?? '/' };
  const fault = faults().request?.(info);
  switch (fault?.kind) {
    case 'throttle':
    case 'fail':
      await readBody(request);
      sendFault(response, service, fault.kind);
      return;
    case 'delay':
      await sleep(fault.ms);
      handle(request, response);
      return;
    case 'lose-answer':
      loseAnswer(response);
      handle(request, response);
      return;
    case undefined:
      handle(request, response);
      return;
    default:
      fault satisfies never;
  }
}

const THROTTLED: Readonly<Record<Exclude<ServiceName, 's3'>, AwsError>> = {
  lambda: new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429),
  dynamodb: new AwsError('ProvisionedThroughputExceededException', 'The level of throughput is exceeded.'),
  ssm: new AwsError('ThrottlingException', 'Rate exceeded'),
  secretsmanager: new AwsError('ThrottlingException', 'Rate exceeded'),
};

function sendFault(response: ServerResponse, service: ServiceName, kind: 'throttle' | 'fail'): void {
  if (service === 's3') send(response, objectFault(kind));
  else {
    const failed = new AwsError('InternalServerError', 'Internal server error', 500);
    send(response, errorAnswer(kind === 'throttle' ? THROTTLED[service] : failed));
  }
}

function objectFault(kind: 'throttle' | 'fail'): Answer {
  const code = kind === 'throttle' ? 'SlowDown' : 'InternalError';
  return {
    status: kind === 'throttle' ? 503 : 500,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  };
}

/** Lets the request be served, and cuts the connection where the answer would begin. */
function loseAnswer(response: ServerResponse): void {
  const cut = (): ServerResponse => {
    response.destroy();
    return response;
  };
  response.writeHead = () => response;
  response.flushHeaders = () => undefined;
  response.write = () => true;
  response.end = cut;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
