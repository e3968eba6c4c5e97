/** The account of test/cases/aws on a port of its own, as test/record/aws_account.py serves it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SERVER = join(import.meta.dirname, '../record/aws_account.py');
export const AWS_CASES: string = join(import.meta.dirname, '../cases/aws');

export type AccountCall = {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly key: string;
  readonly region: string;
  readonly token: string | null;
};

export type AwsAccount = {
  readonly url: string;
  /** What AWS's clients need to know, as the recorder set it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The calls since the last time. */
  readonly calls: () => Promise<readonly AccountCall[]>;
  readonly stop: () => Promise<void>;
};

/** Starts it on 127.0.0.1. */
export async function startAwsAccount(): Promise<AwsAccount> {
  const child = spawn('/usr/bin/python3', [SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = await once(createInterface(child.stdout), 'line');
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    environment: {
      AWS_ACCESS_KEY_ID: 'AKIAMAIN',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_SHARED_CREDENTIALS_FILE: join(AWS_CASES, 'credentials'),
      AWS_CONFIG_FILE: join(AWS_CASES, 'config'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: url,
    },
    calls: async () => parseCalls(await (await fetch(`${url}/calls`)).json()),
    stop: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

function parseCalls(body: unknown): readonly AccountCall[] {
  return body as readonly AccountCall[];
}
