/** `sortie cloud local` serves both real functions until it is interrupted, and keeps what it is told to keep. */

import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, expect, test } from 'vitest';
import { cloud } from '../../cli/cloud-local.ts';
import type { CommandDeps } from '../../cli/command-deps.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'sortie-cloud-command-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const local = { region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

test('what is stored outlives the command that served it', async () => {
  const port = await freePorts();
  writeFileSync(path.join(directory, 'key'), 'KEY\n');
  const argv = ['local', '--port', String(port), '--data', 'data', '--private-key', 'key'];
  const parameters = async (): Promise<unknown> => {
    const client = new SSMClient({ ...local, endpoint: `http://127.0.0.1:${port + 3}` });
    const command = new GetParametersByPathCommand({ Path: '/sortie/local', WithDecryption: true });
    const { Parameters = [] } = await client.send(command);
    return Parameters.map(({ Name, Value }) => [Name, Value]);
  };
  const s3 = new S3Client({ ...local, endpoint: `http://127.0.0.1:${port + 2}` });
  const place = { Bucket: 'sortie-local', Key: 'blobs/a b' };
  const before = await serving(argv, async () => {
    await s3.send(new PutObjectCommand({ ...place, Body: 'kept' }));
    const lambda = new LambdaClient({ ...local, endpoint: `http://127.0.0.1:${port}` });
    const command = new GetFunctionCommand({ FunctionName: 'sortie-local-host:durable' });
    expect((await lambda.send(command)).Configuration?.Environment?.Variables).toMatchObject({
      SORTIE_TABLE: 'sortie-local',
    });
    return parameters();
  });
  expect(before).toEqual([
    ['/sortie/local/ssh-key', 'KEY\n'],
    ['/sortie/local/store-key', expect.stringMatching(/^.{43}=$/)],
  ]);
  const after = await serving(argv.slice(0, 5), async () => {
    const { Body } = await s3.send(new GetObjectCommand(place));
    expect(await Body?.transformToString()).toBe('kept');
    return parameters();
  });
  expect(after).toEqual(before);
});

test('--env prints what a shell evaluates', async () => {
  const { code, out } = await run(['local', '--port', '7000', '--env']);
  expect(code).toBe(0);
  expect(out).toContain("export AWS_ENDPOINT_URL_S3='http://127.0.0.1:7002'\n");
  expect(out).toContain(":function:sortie-local-controller:durable'\n");
  expect(out.split('\n').every((line) => line === '' || /^export \w+='[^']*'$/.test(line))).toBe(true);
});

test('mistakes in the arguments are usage errors', async () => {
  expect(await run([])).toMatchObject({ code: 2, err: expect.stringContaining('required: local') });
  expect(await run(['locale'])).toMatchObject({ code: 2 });
  expect(await run(['local', '--port', 'x'])).toMatchObject({ code: 2 });
  expect(await run(['local', '-h'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('--private-key'),
  });
});

/** Runs the command, does something once it serves, interrupts it. */
async function serving<Result>(argv: readonly string[], use: () => Promise<Result>): Promise<Result> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ended = cloud(argv, {
    ...deps,
    out: (text) => {
      if (text.startsWith('The local cloud listens')) resolve();
    },
  });
  await Promise.race([promise, ended]);
  try {
    return await use();
  } finally {
    process.emit('SIGINT');
    expect(await ended).toBe(0);
  }
}

const deps: CommandDeps = {
  out: () => undefined,
  err: () => undefined,
  columns: 80,
  isTerminal: false,
  environment: {},
  homeDirectory: directory,
  workingDirectory: directory,
};

async function run(argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await cloud(argv, {
    ...deps,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

/** The first of four ports in a row that nobody has: below those that the system gives to connections on their way out. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = randomInt(10_000, 30_000);
    const areFree = await Promise.all([0, 1, 2, 3].map((offset) => isFree(first + offset)));
    if (areFree.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
