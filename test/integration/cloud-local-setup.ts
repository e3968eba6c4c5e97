/** A local cloud with two small functions, for tests: `sample`, which is durable, and `plain`. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import {
  type LocalCloud,
  type LocalCloudOptions,
  startLocalCloud,
} from '../../cli/cloud-local/local-cloud.ts';

export type SampleCloud = {
  readonly cloud: LocalCloud;
  /** Starts `sample` and waits for the end of its execution. */
  readonly run: (event: SampleEvent, executionName?: string) => Promise<SampleEnd>;
  /** How often the functions have left this mark. */
  readonly marks: (name: string) => number;
  /** Where they leave them. */
  readonly directory: string;
};

export type SampleEvent = Readonly<Record<string, unknown>>;

export type SampleEnd = {
  readonly status: string;
  readonly result: unknown;
  readonly error: string | undefined;
  readonly arn: string;
};

export type SampleClouds = {
  readonly start: (options?: SampleOptions) => Promise<SampleCloud>;
  /** Closes what was started by the last test. */
  readonly closeAll: () => Promise<void>;
  readonly remove: () => void;
};

export type SampleOptions = LocalCloudOptions & {
  readonly timeoutSeconds?: number;
  readonly memoryMb?: number;
  readonly executionTimeoutSeconds?: number;
};

/** Bundles the sample once, for as many clouds as a test file starts. */
export async function prepareSample(): Promise<SampleClouds> {
  const root = mkdtempSync(path.join(tmpdir(), 'sortie-local-cloud-'));
  const file = path.join(root, 'sample.cjs');
  await build({
    entryPoints: ['test/integration/cloud-local-sample.ts'],
    outfile: file,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    minify: true,
    logLevel: 'error',
  });
  const opened: LocalCloud[] = [];
  let started = 0;
  return {
    start: async (options = {}) => {
      const cloud = await startLocalCloud({ jumpsOverWaits: true, concurrency: 4, ...options });
      opened.push(cloud);
      await deploy(cloud, file, options);
      return sampleCloud(cloud, path.join(root, `marks-${started++}`));
    },
    closeAll: async () => {
      for (const cloud of opened.splice(0)) await cloud.close();
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

async function deploy(cloud: LocalCloud, file: string, options: SampleOptions): Promise<void> {
  const { executionTimeoutSeconds = 86_400, memoryMb = 512, timeoutSeconds = 60 } = options;
  const common = { file, timeoutSeconds, memoryMb };
  await cloud.addFunction({ ...common, name: 'sample', durable: { executionTimeoutSeconds } });
  await cloud.addFunction({ ...common, name: 'plain', exportName: 'plain' });
}

function sampleCloud(cloud: LocalCloud, directory: string): SampleCloud {
  mkdirSync(directory, { recursive: true });
  return {
    cloud,
    directory,
    run: async (event, executionName) => {
      const options = { type: 'Event', ...(executionName === undefined ? {} : { executionName }) } as const;
      const started = await cloud.invoke('sample', { marks: directory, ...event }, options);
      const arn = started.executionArn ?? '';
      const { error, result, status } = await cloud.executions.ended(arn);
      return { arn, status, result: JSON.parse(result ?? 'null'), error: error?.ErrorMessage };
    },
    marks: (name) => {
      try {
        return readFileSync(path.join(directory, name), 'utf8').length;
      } catch {
        return 0;
      }
    },
  };
}
