/** Counts of tests as vitest's JSON reporter writes them, and the line that sums them up. */

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** Files that failed without a failed test (they did not load) count as one failure each. */
export function parseVitestCounts(results: unknown): Counts {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = (results ??
    {}) as Record<string, unknown>;
  return {
    passed: count(numPassedTests),
    failed: count(numFailedTests) + filesNotRun(testResults),
    skipped: count(numPendingTests) + count(numTodoTests),
  };
}

export function addCounts(left: Counts, right: Counts): Counts {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}

/** `12 passed, 0 failed`, and what was skipped when something was. */
export function summaryLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function filesNotRun(files: unknown): number {
  return Array.isArray(files) ? files.filter(isFileNotRun).length : 0;
}

function isFileNotRun(file: unknown): boolean {
  if (typeof file !== 'object' || file === null) return false;
  const tests =
    'assertionResults' in file && Array.isArray(file.assertionResults) ? file.assertionResults : [];
  const hasFailedTest = tests.some((test: unknown) => JSON.stringify(test).includes('"status":"failed"'));
  return 'status' in file && file.status === 'failed' && !hasFailedTest;
}
