/** Lambda's HTTP API with one controller function behind it, which plays a recorded run into a store. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../shared/base/clock.ts';
import type { RunStore } from '../../../shared/store/run-store.ts';
import type { RunRecord, Said } from '../../../shared/wire/host-journal.ts';
import type { OrderKey, RunEvent } from '../../../shared/wire/run-event.ts';

export type FakeController = {
  readonly url: string;
  /** What the function was invoked with. */
  readonly invocations: readonly Invocation[];
  readonly calls: readonly string[];
  /** How the execution stands; tests may change it. */
  status: string;
  readonly close: () => Promise<void>;
};

export type Invocation = {
  readonly name: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
};

const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:c:1/durable-execution/run/1';

/** Serves on loopback; `play` begins when the function is invoked. */
export async function startFakeController(play: (runId: string) => Promise<void>): Promise<FakeController> {
  const invocations: Invocation[] = [];
  const calls: string[] = [];
  const fake = { invocations, calls, status: 'RUNNING' };
  let played: Promise<void> = Promise.resolve();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
    const path = decodeURIComponent(request.url ?? '');
    calls.push(`${request.method} ${path}`);
    response.setHeader('content-type', 'application/json');
    if (path.endsWith('/invocations')) {
      const payload = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const name = String(request.headers['x-amz-durable-execution-name']);
      invocations.push({ name, type: String(request.headers['x-amz-invocation-type']), payload });
      response.setHeader('x-amz-durable-execution-arn', ARN);
      response.writeHead(202).end();
      played = play(payload.runId).then(() => {
        if (fake.status === 'RUNNING') fake.status = 'SUCCEEDED';
      });
    } else if (path.includes('/durable-executions?') || path.endsWith('/durable-executions')) {
      response.end(JSON.stringify({ DurableExecutions: [{ ...execution(fake.status) }] }));
    } else if (path.endsWith('/stop')) {
      fake.status = 'STOPPED';
      response.end(JSON.stringify({ StopTimestamp: 1 }));
    } else response.end(JSON.stringify(execution(fake.status)));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      await played;
      server.closeAllConnections();
      server.close();
    },
  });
}

function execution(status: string): object {
  return {
    DurableExecutionArn: ARN,
    DurableExecutionName: 'run',
    FunctionArn: 'f',
    StartTimestamp: 1,
    Status: status,
    ...(status === 'FAILED' ? { Error: { ErrorMessage: 'out of memory' } } : {}),
  };
}

export type CloudStreams = {
  readonly records: readonly RunRecord[];
  /** What hosts say, batch by batch, in an order in which it may be stored. */
  readonly said: readonly { readonly host: string; readonly batch: number; readonly said: Said }[];
};

/** The events of a run on a laptop as a run in the cloud leaves them: what hosts say in streams of their own. */
export function asCloudStreams(events: readonly RunEvent[]): CloudStreams {
  const records: RunRecord[] = [];
  const said: { host: string; batch: number; said: Said }[] = [];
  let batch = -1;
  let place = 0;
  let banner: RunEvent | undefined;
  for (const event of events) {
    if (event.kind === 'task-started') {
      place += 1;
      banner = event;
      continue;
    }
    const host = 'outcome' in event ? event.outcome.host : 'host' in event ? event.host : undefined;
    if (host === undefined) {
      records.push(event);
      if (event.kind === 'play-started') {
        batch += 1;
        records.push({ kind: 'batch', batch, hosts: hostsBehind(events, event), isFree: false });
      }
      continue;
    }
    const order: OrderKey = [place];
    if (banner !== undefined) said.push({ host, batch, said: { order, event: banner } });
    banner = undefined;
    said.push({ host, batch, said: { order, event } });
  }
  return { records, said };
}

/** The hosts that speak in the play, in the order in which they do. */
function hostsBehind(events: readonly RunEvent[], play: RunEvent): string[] {
  const behind = events.slice(events.indexOf(play) + 1);
  const end = behind.findIndex(({ kind }) => kind === 'play-started');
  const hosts = (end < 0 ? behind : behind.slice(0, end)).flatMap((event) =>
    'outcome' in event ? [event.outcome.host] : [],
  );
  return [...new Set(hosts)];
}

/** Writes the streams as functions do, bit by bit. */
export async function playStreams(runId: string, streams: CloudStreams, store: RunStore): Promise<void> {
  await store.startRun({ runId, startedAt: systemClock.now(), command: ['run', 'site.yml'] });
  const sequences = new Map<string, number>();
  let exitCode = 0;
  let batch = -1;
  for (const [index, record] of streams.records.entries()) {
    await sayAll(batch);
    batch = record.kind === 'batch' ? record.batch : -1;
    await store.putRecords(runId, index, [record]);
    if (record.kind === 'run-finished') exitCode = record.exitCode;
  }
  await store.finishRun(runId, { finishedAt: systemClock.now(), exitCode });

  async function sayAll(of: number): Promise<void> {
    const spoken = Map.groupBy(
      streams.said.filter((each) => each.batch === of),
      ({ host }) => host,
    );
    await Promise.all(
      [...spoken].map(([host, all]) =>
        sayHost(
          host,
          of,
          all.map(({ said }) => said),
        ),
      ),
    );
  }

  /** A host appends one entry after the other, with two things in most. */
  async function sayHost(host: string, of: number, all: readonly Said[]): Promise<void> {
    for (let at = 0; at < all.length; at += 2) {
      const sequence = sequences.get(host) ?? 0;
      sequences.set(host, sequence + 1);
      const entry = { writer: 'w', batch: of, start: 0, said: all.slice(at, at + 2) };
      await store.appendEntry(runId, host, { sequence, entry });
    }
  }
}
