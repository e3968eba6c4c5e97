/** `--tree`: writes each host's result as JSON into a file of its name. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { forDisplay } from '../shared/report/outcome.ts';
import { resultText } from '../shared/report/result-text.ts';
import type { RunEvent } from '../shared/wire/run-event.ts';
import type { CommandDeps } from './command-deps.ts';
import { formatResultYaml } from './result-yaml.ts';

/** A report into `directory`, which is made when it is not there. */
export function createTreeReport(directory: string, deps: CommandDeps): (event: RunEvent) => void {
  const place = resolve(deps.workingDirectory, directory.replace(/^~(?=\/|$)/, deps.homeDirectory));
  let verbosity = 0;
  return (event) => {
    if (event.kind === 'run-started') verbosity = event.options.verbosity;
    if (event.kind !== 'task-finished' || event.outcome.status === 'skipped') return;
    const { host, result } = forDisplay(event.outcome);
    mkdirSync(place, { recursive: true });
    const text = resultText(result, { verbosity, resultFormat: 'json', formatYaml: formatResultYaml });
    writeFileSync(join(place, host.replaceAll('/', '_')), text);
  };
}
