import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startLocalCloud } from '../../cli/cloud-local/local-cloud.ts';
import { buildFunctions } from '../../scripts/function-bundles.ts';

const run = promisify(execFile);

test('what the bundles leave out of the AWS clients is not missed', async () => {
  const target = mkdtempSync(join(tmpdir(), 'sortie-clients-'));
  await buildFunctions(target, { clients: 'test/integration/packaging-clients-entry.ts' });
  const cloud = await startLocalCloud({
    bucket: 'bucket',
    table: 'table',
    parameters: { '/sortie/test/one': 'first parameter' },
  });
  try {
    const { stdout } = await run(process.execPath, [join(target, 'clients.cjs')], {
      env: { ...cloud.environment, BUCKET: 'bucket', TABLE: 'table' },
    });
    expect(JSON.parse(stdout)).toEqual({
      blob: 'bytes',
      missing: 'store-failed',
      firstKey: 'first',
      secondKey: 'first',
      projects: [null],
      runs: [],
      parameters: [['one', 'first parameter']],
      secrets: [],
      lookups: [
        { kind: 'found', value: 'first parameter' },
        'ParameterNotFound',
        'ParameterNotFound',
        { kind: 'found', value: [expect.objectContaining({ name: '/sortie/test/one' })] },
        'ResourceNotFoundException',
      ],
    });
  } finally {
    await cloud.close();
  }
});
