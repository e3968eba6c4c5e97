/** The terminal report against what real Ansible printed for the same events (recorded by test/record/report.py). */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatResultYaml } from '../../../cli/result-yaml.ts';
import { defaultPalette } from '../../../shared/report/colour.ts';
import { createTerminalReport } from '../../../shared/report/terminal-report.ts';
import { parseEvent } from '../../../shared/wire/event-json.ts';

const CASES = join(import.meta.dirname, '../../cases/report');

describe('terminal report', () => {
  for (const name of readdirSync(CASES)) {
    const { runs } = JSON.parse(readFileSync(join(CASES, name, 'case.json'), 'utf8'));
    for (const run of Object.keys(runs)) {
      test(`${name}: ${run}`, () => {
        const printed = replay(join(CASES, name, run), runs[run].env?.ANSIBLE_FORCE_COLOR === '1');
        expect(printed.stdout).toBe(readFileSync(join(CASES, name, `${run}.stdout`), 'utf8'));
        expect(printed.stderr).toBe(readFileSync(join(CASES, name, `${run}.stderr`), 'utf8'));
      });
    }
  }
});

function replay(path: string, hasColour: boolean): Record<'stderr' | 'stdout', string> {
  const lines = readFileSync(`${path}.events.json`, 'utf8').trim().split('\n').slice(1, -1);
  const [start, ...events] = lines.map((line) => parseEvent(line.replace(/,$/, '')));
  if (start?.kind !== 'run-started') throw new Error(`${path}: no run-started event`);
  const printed = { stdout: '', stderr: '' };
  const report = createTerminalReport(
    {
      ...start.options,
      columns: 0,
      formatYaml: formatResultYaml,
      ...(hasColour ? { palette: defaultPalette } : {}),
    },
    (text, stream) => {
      printed[stream] += text;
    },
  );
  for (const event of events) report(event);
  return printed;
}
