/** A server on 127.0.0.1 that answers AWS's calls as a test says, and remembers them. */

import http from 'node:http';

export type AwsCall = { readonly action: string; readonly input: Readonly<Record<string, unknown>> };
/** A text is sent as it is, anything else as JSON. */
export type AwsAnswer = { readonly status?: number; readonly body: unknown };

export type AwsStub = {
  readonly url: string;
  readonly calls: AwsCall[];
  readonly stop: () => Promise<void>;
};

/** Starts it. `answer` gets `GetParameters` for the target `AmazonSSM.GetParameters`, or `GET /path` where there is no target. */
export async function startAwsStub(answer: (call: AwsCall) => AwsAnswer): Promise<AwsStub> {
  const calls: AwsCall[] = [];
  const server = http.createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const target = String(request.headers['x-amz-target'] ?? '');
    const action = target === '' ? `${request.method} ${request.url}` : (target.split('.').at(-1) ?? '');
    const call = { action, input: parseInput(Buffer.concat(pieces).toString()) };
    calls.push(call);
    const { body, status = 200 } = answer(call);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** What AWS's clients need to know where there is no AWS. */
export function stubEnvironment(url: string): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: url,
  };
}

function parseInput(text: string): AwsCall['input'] {
  return text.startsWith('{') ? (JSON.parse(text) as AwsCall['input']) : {};
}
