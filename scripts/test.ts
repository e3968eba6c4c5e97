/** Builds, checks, runs every test suite, and ends with one line that sums them up. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { addCounts, type Counts, parseVitestCounts, summaryLine } from './test-counts.ts';

type Outcome = { readonly title: string; readonly counts: Counts };

const SUITES = ['unit', 'integration'] as const;
const node = process.execPath;

process.chdir(path.join(import.meta.dirname, '..'));
const outcomes = [
  runStep('build', [node, 'scripts/build.ts']),
  runStep('check: types', [node, 'node_modules/typescript/bin/tsc']),
  runStep('check: lint and format', [
    node,
    'node_modules/@biomejs/biome/bin/biome',
    'check',
    '--error-on-warnings',
    '.',
  ]),
  ...SUITES.map(runSuite),
];
const total = outcomes.map(({ counts }) => counts).reduce(addCounts);
const failed = outcomes.filter(({ counts }) => counts.failed > 0).map(({ title }) => `failed: ${title}\n`);
// Last, as logs are often cut at their start.
process.stdout.write(`\n${failed.join('')}${summaryLine(total)}\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** A step that is no test: it adds to the sum when it fails. */
function runStep(title: string, command: readonly string[]): Outcome {
  const failed = runCommand(title, command) === 0 ? 0 : 1;
  return { title, counts: { passed: 0, failed, skipped: 0 } };
}

function runSuite(suite: string): Outcome {
  const title = `${suite} tests`;
  const directory = mkdtempSync(path.join(tmpdir(), 'sortie-test-'));
  const file = path.join(directory, 'results.json');
  const status = runCommand(title, [
    node,
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    suite,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const counts = parseVitestCounts(readResults(file));
  rmSync(directory, { recursive: true, force: true });
  // A suite that failed without a failed test (a file that does not load, an error nobody caught) is a failure too.
  const failedElsewhere = counts.failed === 0 && (status !== 0 || counts.passed === 0);
  return { title, counts: failedElsewhere ? { ...counts, failed: 1 } : counts };
}

function readResults(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Vitest ended before it wrote its results: its exit code tells.
    return undefined;
  }
}

function runCommand(title: string, [command = '', ...rest]: readonly string[]): number {
  process.stdout.write(`\n== ${title}\n`);
  const started = performance.now();
  const { status } = spawnSync(command, rest, { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`== ${title}: ${status === 0 ? 'ok' : 'FAILED'}, ${seconds} s\n`);
  return status ?? 1;
}
