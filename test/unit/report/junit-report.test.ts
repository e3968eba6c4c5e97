/** The JUnit report of a recorded run. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dict } from '../../../shared/base/value.ts';
import { createJunitReport } from '../../../shared/report/junit-report.ts';
import { parseEvent } from '../../../shared/wire/event-json.ts';
import type { TaskStatus } from '../../../shared/wire/run-event.ts';

const RECORDED = join(import.meta.dirname, '../../cases/report/basic/plain.events.json');

test('a test case per task and host, with the counts of the junit callback', () => {
  const files: Record<string, string> = {};
  const report = createJunitReport({ failsOnIgnored: false, failsOnChange: false }, (name, xml) => {
    files[name] = xml;
  });
  for (const line of readFileSync(RECORDED, 'utf8').trim().split('\n').slice(1, -1)) {
    report(parseEvent(line.replace(/,$/, '')));
  }
  const xml = files['site-0.xml'] ?? '';
  expect(Object.keys(files)).toEqual(['site-0.xml']);
  expect(xml).toContain('<testsuites disabled="0" errors="0" failures="3" tests="21" time="0.000">');
  expect(xml).toContain('name="site" skipped="2" tests="21"');
  expect(xml).toContain('<failure message="it is meant" type="failure">{\n&quot;changed&quot;: false,');
  expect(xml).toContain('<skipped>Conditional result was False</skipped>');
  expect(xml).toContain('classname="site.yml:47" name="[beta] Second play: Secret"');
  expect(xml).not.toContain('echo secret');
});

test('names and options turn verdicts', () => {
  const verdict = (title: string, status: TaskStatus, options = {}): string => {
    let xml = '';
    const report = createJunitReport(
      { failsOnIgnored: false, failsOnChange: false, ...options },
      (_name, text) => {
        xml = text;
      },
    );
    const task = { id: 't', title, action: 'x', file: 'f', line: 1, tags: [] };
    report({
      kind: 'task-started',
      at: 0,
      task: { ...task, isHandler: false, isCheckMode: false, isLoop: false },
    });
    const result = dict([['msg', '<&"\u0001>']]);
    report({
      kind: 'task-finished',
      task: 't',
      at: 1500,
      outcome: { host: 'h', status, ignored: true, result },
    });
    report({ kind: 'playbook-finished', at: 2000, recap: [], customStats: dict() });
    expect(xml).toContain('time="1.500"');
    return /<(system-out|failure|error|skipped)/.exec(xml)?.[1] ?? xml;
  };
  expect(verdict('x', 'failed')).toBe('system-out');
  expect(verdict('x', 'failed', { failsOnIgnored: true })).toBe('failure');
  expect(verdict('EXPECTED FAILURE', 'failed', { failsOnIgnored: true })).toBe('system-out');
  expect(verdict('TOGGLE RESULT', 'failed', { failsOnIgnored: true })).toBe('system-out');
  expect(verdict('TOGGLE RESULT', 'ok')).toBe('failure');
  expect(verdict('x', 'changed', { failsOnChange: true })).toBe('failure');
});
