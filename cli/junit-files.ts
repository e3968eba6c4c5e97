/** Writes JUnit files beside the output of a run. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createJunitReport } from '../shared/report/junit-report.ts';
import type { RunEvent } from '../shared/wire/run-event.ts';
import type { CommandDeps } from './command-deps.ts';

/** JUNIT_OUTPUT_DIR asks for JUnit files beside the output. */
export function withJunit(report: (event: RunEvent) => void, deps: CommandDeps): (event: RunEvent) => void {
  const { JUNIT_FAIL_ON_CHANGE, JUNIT_FAIL_ON_IGNORE, JUNIT_OUTPUT_DIR } = deps.environment;
  if (JUNIT_OUTPUT_DIR === undefined || JUNIT_OUTPUT_DIR === '') return report;
  const directory = resolve(deps.workingDirectory, JUNIT_OUTPUT_DIR);
  const junit = createJunitReport(
    {
      failsOnIgnored: JUNIT_FAIL_ON_IGNORE?.toLowerCase() === 'true',
      failsOnChange: JUNIT_FAIL_ON_CHANGE?.toLowerCase() === 'true',
    },
    (name, xml) => {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, name), xml);
    },
  );
  return (event) => {
    report(event);
    junit(event);
  };
}
