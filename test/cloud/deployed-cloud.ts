/** Sortie as it is deployed, on the local cloud: both bundles, the stores, the secrets, and a pushed project. */

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseRunArguments } from '../../cli/arguments.ts';
import { prepareProject } from '../../cli/cloud/prepare-project.ts';
import { pushProject } from '../../cli/cloud/push-project.ts';
import {
  type LocalCloud,
  type LocalCloudOptions,
  startLocalCloud,
} from '../../cli/cloud-local/local-cloud.ts';
import { createRunReport } from '../../cli/run-report.ts';
import { readRun } from '../../cli/stored-run.ts';
import { systemClock } from '../../shared/base/clock.ts';
import { limits } from '../../shared/base/limits.ts';
import { loadConfig } from '../../shared/project/config/load-config.ts';
import { diskFiles } from '../../shared/project/disk-files.ts';
import { openDynamoStore } from '../../shared/store/dynamo-store.ts';
import { createRunId } from '../../shared/store/run-id.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import type { RunEvent } from '../../shared/wire/run-event.ts';
import type { RunInvocation } from '../../shared/wire/stage.ts';
import { formatWire } from '../../shared/wire/wire-json.ts';

const TABLE = 'sortie-test';
const BUCKET = 'sortie-test';
const PREFIX = '/sortie/test';
export const HOST = 'sortie-test-host';
export const CONTROLLER = 'sortie-test-controller';

export type DeployedCloud = {
  readonly cloud: LocalCloud;
  readonly store: RunStore;
  /** What `sortie` needs in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Pushes a directory; gives the project's hash. */
  readonly push: (directory: string) => Promise<string>;
  /** Starts a run of a pushed project with the words of a command line; gives its id. */
  readonly start: (project: string, words: readonly string[]) => Promise<string>;
  /** Resolves when the run has ended; gives its exit code. */
  readonly ended: (runId: string) => Promise<number>;
  readonly show: (runId: string) => Promise<ShownRun>;
  /** What functions have written to their logs. */
  readonly log: () => string;
  readonly close: () => Promise<void>;
};

export type ShownRun = {
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly RunEvent[];
};

export type DeployOptions = LocalCloudOptions & {
  readonly secrets: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  readonly hostEnvironment?: Readonly<Record<string, string>>;
};

const variables = {
  SORTIE_TABLE: TABLE,
  SORTIE_BUCKET: BUCKET,
  SORTIE_HOST_FUNCTION: `${HOST}:$LATEST`,
  SORTIE_CONTROLLER_FUNCTION: `${CONTROLLER}:$LATEST`,
  SORTIE_PARAMETER_PREFIX: PREFIX,
};

/** Starts the cloud and deploys to it what `npm run build` has made. */
export async function deployLocally(options: DeployOptions): Promise<DeployedCloud> {
  let log = '';
  const cloud = await startLocalCloud({
    bucket: BUCKET,
    table: TABLE,
    onLog: (name, text) => {
      log += `${name}: ${text}`;
    },
    ...options,
  });
  await putSecrets(cloud, { 'store-key': randomBytes(32).toString('base64'), ...options.secrets });
  await deployFunctions(cloud, options);
  const store = openLocalStore(cloud);
  return {
    cloud,
    store,
    environment: { ...cloud.environment, ...variables },
    push: (directory) => push(directory, store),
    start: (project, words) => start(cloud, project, words),
    ended: async (runId) => {
      const execution = cloud.executions.list(CONTROLLER).find(({ name }) => name === runId);
      if (execution === undefined) throw new Error(`no execution of ${runId}`);
      const end = await cloud.executions.ended(execution.arn);
      const run = await store.findRun(runId);
      if (run?.exitCode === undefined) throw new Error(`the run has no end: ${JSON.stringify(end)}\n${log}`);
      return run.exitCode;
    },
    show: (runId) => show(store, runId),
    log: () => log,
    close: async () => {
      await store.close();
      await cloud.close();
    },
  };
}

async function deployFunctions(
  cloud: LocalCloud,
  { hostEnvironment = {}, timeoutSeconds = limits.hostFunctionTimeoutSeconds }: DeployOptions,
): Promise<void> {
  const deploy = (name: string, bundle: string, more: Readonly<Record<string, string>>): Promise<void> =>
    cloud.addFunction({
      name,
      file: path.join(import.meta.dirname, `../../dist/functions/${bundle}.cjs`),
      environment: { ...variables, ...more },
      timeoutSeconds,
      memoryMb: limits.hostFunctionMemoryMb,
      durable: { executionTimeoutSeconds: limits.controllerExecutionTimeoutSeconds },
    });
  await deploy(CONTROLLER, 'controller', {});
  await deploy(HOST, 'host', hostEnvironment);
}

async function push(directory: string, store: RunStore): Promise<string> {
  const prepared = prepareProject({ allowsKeys: false, directory }, commandDeps(directory));
  if (prepared.kind === 'refused') throw new Error(prepared.message);
  const pushed = await pushProject(prepared.entries, store, { name: 'test', at: systemClock.now() });
  return pushed.hash;
}

async function start(cloud: LocalCloud, project: string, words: readonly string[]): Promise<string> {
  const event = invocationOf(project, words);
  await cloud.invoke(CONTROLLER, event, { type: 'Event', executionName: event.runId });
  return event.runId;
}

/** The event that starts a run with the words of a command line, as JSON carries it. */
export function invocationOf(project: string, words: readonly string[]): { readonly runId: string } {
  const runId = createRunId(systemClock);
  const parsed = parseRunArguments(words);
  if (parsed.kind !== 'run') throw new Error(`not a run: ${words.join(' ')}`);
  const { request } = parsed;
  const event: RunInvocation = { kind: 'run', runId, project, request, command: ['run', ...words] };
  return { ...JSON.parse(formatWire(event)), runId };
}

function openLocalStore(cloud: LocalCloud): RunStore {
  const { AWS_ACCESS_KEY_ID = '', AWS_REGION = '', AWS_SECRET_ACCESS_KEY = '' } = cloud.environment;
  const client = {
    region: AWS_REGION,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  };
  return openDynamoStore({
    table: TABLE,
    bucket: BUCKET,
    retentionDays: limits.runHistoryDays,
    now: systemClock.now,
    sleep: systemClock.sleep,
    clients: {
      dynamo: { ...client, endpoint: cloud.endpoints.dynamodb },
      s3: { ...client, endpoint: cloud.endpoints.s3 },
    },
  });
}

/** Puts parameters by the call that `aws ssm put-parameter` makes. */
async function putSecrets(cloud: LocalCloud, secrets: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(secrets)) {
    const answer = await fetch(cloud.endpoints.ssm, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.PutParameter' },
      body: JSON.stringify({
        Name: `${PREFIX}/${name}`,
        Value: value,
        Type: 'SecureString',
        Overwrite: true,
      }),
    });
    if (!answer.ok) throw new Error(`the parameter ${name} was refused: ${await answer.text()}`);
  }
}

async function show(store: RunStore, runId: string): Promise<ShownRun> {
  const deps = commandDeps(process.cwd());
  const { value: config } = loadConfig(diskFiles(deps));
  let stdout = '';
  let stderr = '';
  const report = createRunReport({
    config,
    isJson: false,
    deps: {
      columns: 79,
      isTerminal: false,
      out: (text) => {
        stdout += text;
      },
      err: (text) => {
        stderr += text;
      },
    },
  });
  const events: RunEvent[] = [];
  for await (const event of readRun(store, runId)) {
    events.push(event);
    report(event);
  }
  return { stdout, stderr, events };
}

function commandDeps(workingDirectory: string) {
  return {
    environment: { PATH: process.env.PATH, HOME: '/nonexistent' },
    homeDirectory: '/nonexistent',
    workingDirectory,
    columns: 79,
    isTerminal: false,
    out: () => undefined,
    err: () => undefined,
  };
}

/** The private key of a fleet, as the parameter that functions log in with. */
export function keySecret(file: string): Readonly<Record<string, string>> {
  return { 'ssh-key': readFileSync(file, 'utf8') };
}
