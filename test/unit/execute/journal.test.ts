/**
 * A host's run stops after each entry of its journal, and another process goes on: the variables, what is told and what
 * is executed are the same as in one go, and nothing is executed twice.
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { encodeChanges } from '../../../functions/host/execute/change-json.ts';
import type { HostVars } from '../../../functions/host/execute/host-state.ts';
import type { Value } from '../../../shared/base/value.ts';
import { formatEvent } from '../../../shared/wire/event-json.ts';
import type { FakeFiles } from './fake-context.ts';
import {
  type Entry,
  type Executed,
  newTarget,
  type Process,
  runProcess,
  type Script,
  type Target,
} from './journaled-host.ts';

const directory = path.join(import.meta.dirname, '../../cases/journal');
const others: HostVars = {
  assigned: new Map<Value, Value>([['told', 'by db']]),
  included: new Map(),
  facts: [],
};
const adopts = {
  result: new Map<Value, Value>([
    ['changed', true],
    ['stdout', 'said by db'],
  ]),
  items: undefined,
};

test.each(readdirSync(directory))('%s goes on from each entry of its journal', async (name) => {
  const files = projectOf(path.join(directory, name));
  await check({ files, others });
  await check({ files, others, adopts });
});

/** Project files: those of a directory, or one playbook. */
function projectOf(place: string): FakeFiles {
  if (place.endsWith('.yml')) return { '/play/site.yml': readFileSync(place, 'utf8') };
  const names = readdirSync(place, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return [file.replace(place, '/play'), readFileSync(file, 'utf8')];
      }),
  );
}

async function check(script: Script): Promise<void> {
  const target = newTarget();
  const whole = await runProcess(script, { target, past: [], seed: 1 });
  const expected = summary(whole, [], target);
  expect(new Set(expected.executed).size).toBe(expected.executed.length);
  for (let stored = 1; stored <= whole.entries.length; stored++) {
    const past = whole.entries.slice(0, stored);
    const lasts: ((left: Pick<Executed, 'noted' | 'stored'>) => boolean)[] = [
      (left) => left.noted <= stored,
      (left) => left.stored <= stored,
    ];
    for (const [index, isBefore] of lasts.entries()) {
      const left = targetAt(target, isBefore);
      const rest = await runProcess(script, { target: left, past, seed: 2 });
      const place = `after ${stored} of ${whole.entries.length} (${index}): ${past.at(-1)?.text}`;
      expect({ place, ...summary(rest, past, left) }).toEqual({ place, ...expected });
    }
  }
}

/** The target as it was at the last moment at which so much was stored. */
function targetAt(target: Target, isBefore: (left: Pick<Executed, 'noted' | 'stored'>) => boolean): Target {
  const executed = target.executed.filter(isBefore);
  const known = new Set(executed.map(({ key }) => key));
  for (const { keys } of target.forgotten.filter(isBefore)) for (const key of keys) known.delete(key);
  const counts = new Map<string, number>();
  for (const { line } of executed) counts.set(line, (counts.get(line) ?? 0) + 1);
  const memory = new Map([...target.memory].filter(([key]) => known.has(key)));
  return { memory, executed, forgotten: [], counts };
}

type Summary = {
  readonly told: readonly string[];
  readonly executed: readonly string[];
  readonly vars: string;
  readonly outcome: string;
};

/** All that must not depend on where the run stopped; what was drawn at random is numbered as it comes. */
function summary(process: Process, past: readonly Entry[], { executed }: Target): Summary {
  const events = [...past.flatMap(({ told }) => told), ...process.told];
  const vars = encodeChanges([{ kind: 'entered', work: '', vars: process.vars, lastOrder: -1 }]);
  const told = events.map(({ event, order }) => `${order.join('.')} ${formatEvent(event)}`);
  const outcome = JSON.stringify(process.answer?.outcome.kind);
  const text = JSON.stringify({ told, vars, outcome })
    .replace(/\\"at\\": \d+/g, '')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+|Paused for [\d.]+/g, '<time>');
  const drawn = new Map<string, string>();
  const numbered = text.replace(/\d{12,}/g, (digits) => {
    const known = drawn.get(digits) ?? `<${drawn.size}>`;
    drawn.set(digits, known);
    return known;
  });
  return { ...JSON.parse(numbered), executed: executed.map(({ key }) => key).sort() };
}
