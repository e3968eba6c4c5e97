import { defineConfig } from 'vitest/config';
import type { TestSequencer, TestSpecification } from 'vitest/node';

/**
 * The files that take longest, the longest first: begun last, one of them would be what everything waits for at the end. Vitest
 * itself begins with the largest files, where it has not measured any.
 */
const LONG: readonly string[] = [
  'site',
  'vault-commands',
  'failures',
  'template-hostile',
  'cloud-long-task',
  'cloud-chaos',
  'runs',
  'cloud-site',
  'agent-keeps',
  'setup-facts',
  'template-recorded',
  'template-property',
  'packaging',
  'agent-keeps-work',
  'session',
  'cloud-localhost',
  'store/dynamo-faults',
  'store/dynamo-store',
  'cli/cloud-deploy',
];

class LongestFirst implements TestSequencer {
  shard(files: TestSpecification[]): TestSpecification[] {
    return files;
  }

  sort(files: TestSpecification[]): TestSpecification[] {
    return files.toSorted((left, right) => rank(left) - rank(right));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = LONG.findIndex((name) => moduleId.endsWith(`/integration/${name}.test.ts`));
  return place < 0 ? LONG.length : place;
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // Far above what any of them needs: a busy machine must not fail a test.
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // They often wait, for hosts, retries and timeouts: three at a time keep two cores busy.
          maxWorkers: 3,
        },
      },
    ],
  },
});
