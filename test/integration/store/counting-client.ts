/** Request handlers for SDK clients that count what is sent, or break some of it, and otherwise pass it on. */

import { Readable } from 'node:stream';
import { type AttributeValue, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

type Handler = DynamoDBClient['config']['requestHandler'];
type Request = Parameters<Handler['handle']>[0];
type Answer = Awaited<ReturnType<Handler['handle']>>;

/**
 * What goes wrong with a request: refused for too many, the service's error 500, the connection cut before the request
 * was sent, when it was done and the answer on its way, or in the middle of the answer.
 */
export type Fault = 'cut' | 'cut after' | 'cut within' | 'error' | 'throttle';

export type Counts = {
  requests: number;
  /** Sent in bodies. */
  bytes: number;
  /** As DynamoDB charges writes: whole KiB of the item as it is afterwards. */
  writeUnits: number;
};

/** `fault` says for each request, counted from 1, what goes wrong with it, and may look at which try it is, from 1. */
export function faultyClients<Clients extends { dynamo: DynamoDBClientConfig; s3: S3ClientConfig }>(
  clients: Clients,
  fault: (count: number, attempt: number) => Fault | undefined,
): Clients {
  let count = 0;
  const around = (inner: Handler): Handler =>
    handlerAround(inner, (request, pass) => {
      count += 1;
      return withFault(fault(count, attemptOf(request)), request, pass);
    });
  return {
    ...clients,
    dynamo: {
      ...clients.dynamo,
      requestHandler: around(new DynamoDBClient(clients.dynamo).config.requestHandler),
    },
    s3: { ...clients.s3, requestHandler: around(new S3Client(clients.s3).config.requestHandler) },
  };
}

/** Counts by action: `PutItem`, `Query`, … for the table; `PUT`, `GET`, `HEAD` for the bucket. */
export function countingClient<Clients extends { dynamo: DynamoDBClientConfig; s3: S3ClientConfig }>(
  clients: Clients,
): { readonly clients: Clients; readonly counts: Map<string, Counts> } {
  const counts = new Map<string, Counts>();
  const around = (inner: Handler): Handler =>
    handlerAround(inner, async (request, pass) => {
      const action = request.headers['x-amz-target']?.split('.')[1] ?? request.method;
      const entry = counts.get(action) ?? { requests: 0, bytes: 0, writeUnits: 0 };
      counts.set(action, entry);
      entry.requests += 1;
      entry.bytes += bodyBytes(request).length;
      const answer = await pass();
      entry.writeUnits += await writeUnits(action, request, answer);
      return answer;
    });
  return {
    counts,
    clients: {
      ...clients,
      dynamo: {
        ...clients.dynamo,
        requestHandler: around(new DynamoDBClient(clients.dynamo).config.requestHandler),
      },
      s3: { ...clients.s3, requestHandler: around(new S3Client(clients.s3).config.requestHandler) },
    },
  };
}

function handlerAround(
  inner: Handler,
  wrap: (request: Request, pass: () => Promise<Answer>) => Promise<Answer>,
): Handler {
  return {
    handle: (request, options) => wrap(request, () => inner.handle(request, options)),
    destroy: () => inner.destroy?.(),
  };
}

function attemptOf({ headers }: Request): number {
  return Number(/attempt=(\d+)/.exec(headers['amz-sdk-request'] ?? '')?.[1] ?? 1);
}

async function withFault(
  fault: Fault | undefined,
  request: Request,
  pass: () => Promise<Answer>,
): Promise<Answer> {
  switch (fault) {
    case undefined:
      return pass();
    case 'throttle':
      return 'x-amz-target' in request.headers
        ? failed(400, JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException' }))
        : failed(503, '<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>');
    case 'error':
      return failed(500, '');
    case 'cut':
      throw reset();
    case 'cut after':
      await readAll((await pass()).response.body);
      throw reset();
    case 'cut within':
      return cutWithin(await pass());
    default:
      return fault satisfies never;
  }
}

function failed(statusCode: number, text: string): Answer {
  return { response: { statusCode, headers: {}, body: Readable.from([Buffer.from(text)]) } };
}

async function cutWithin(answer: Answer): Promise<Answer> {
  const body = await readAll(answer.response.body);
  const half = Readable.from(
    (async function* () {
      yield body.subarray(0, body.length / 2);
      throw reset();
    })(),
  );
  return { response: { ...answer.response, body: half } };
}

function reset(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

async function writeUnits(action: string, request: Request, answer: Answer): Promise<number> {
  if (action === 'PutItem') return units(JSON.parse(new TextDecoder().decode(bodyBytes(request))).Item);
  if (action !== 'UpdateItem') return 0;
  const body = await readAll(answer.response.body);
  answer.response.body = Readable.from([body]);
  return units(JSON.parse(String(body)).Attributes ?? {});
}

function bodyBytes({ body }: Request): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : new Uint8Array(body ?? 0);
}

function units(item: Readonly<Record<string, AttributeValue>>): number {
  const bytes = Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + valueBytes(value));
  return Math.ceil(bytes.reduce((sum, each) => sum + each, 0) / 1024);
}

/** As AWS documents it: texts in UTF-8, two digits of a number in a byte and one more, bytes as they are. */
function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.B !== undefined) return Buffer.from(String(value.B), 'base64').length;
  return (
    3 +
    Object.entries(value.M ?? {}).reduce((sum, [name, item]) => sum + name.length + 1 + valueBytes(item), 0)
  );
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}
