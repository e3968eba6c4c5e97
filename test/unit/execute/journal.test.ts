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
  origins: new Map(),
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
  const whole = await check({ files, others });
  if (isOnceMet(whole)) await check({ files, others, adopts });
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

/** Whether something had left for the target when a process was stopped. */
type IsBefore = (left: Pick<Executed, 'noted' | 'stored'>) => boolean;

async function check(script: Script): Promise<Process> {
  const target = newTarget();
  const whole = await runProcess(script, { target, past: [], seed: 1 });
  const expected = summary(whole, [], target);
  expect(new Set(expected.executed).size).toBe(expected.executed.length);
  for (let stored = 1; stored <= whole.entries.length; stored++) {
    const past = whole.entries.slice(0, stored);
    // It was stopped as soon as so much was noted, or as late as possible: before anything more had to be stored.
    for (const isBefore of [isNoted(stored), isStored(stored)]) {
      const left = targetAt(target, isBefore);
      const rest = await runProcess(script, { target: left, past, seed: 2 });
      const place = `after ${stored} of ${whole.entries.length}: ${past.at(-1)?.text}`;
      expect({ place, ...summary(rest, past, left) }).toEqual({ place, ...expected });
      await checkThird(script, { place, stored, past: [...past, ...rest.entries], target: left, expected });
    }
  }
  return whole;
}

/** Whether all hosts met at a task that one runs for all. */
function isOnceMet({ entries }: Process): boolean {
  return entries.some(({ text }) => text.includes('"isOnce":true'));
}

function isNoted(count: number): IsBefore {
  return ({ noted }) => noted <= count;
}

function isStored(count: number): IsBefore {
  return ({ stored }) => stored <= count;
}

type Second = {
  readonly place: string;
  readonly stored: number;
  readonly past: readonly Entry[];
  readonly target: Target;
  readonly expected: Summary;
};

/** The process that went on is stopped half-way as well. */
async function checkThird(script: Script, second: Second): Promise<void> {
  const { expected, place, stored, target } = second;
  const half = Math.ceil((stored + second.past.length) / 2);
  const past = second.past.slice(0, half);
  const left = targetAt(target, isStored(half));
  const third = await runProcess(script, { target: left, past, seed: 3 });
  expect({ place, half, ...summary(third, past, left) }).toEqual({ place, half, ...expected });
}

/** The target as it was at the last moment at which so much was stored. */
function targetAt(target: Target, isBefore: IsBefore): Target {
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
  readonly vars: readonly string[];
  readonly answers: readonly string[];
};

/** All that must not depend on where the run stopped; what was drawn at random is numbered as it comes. */
function summary(process: Process, past: readonly Entry[], { executed }: Target): Summary {
  const events = [...past.flatMap(({ told }) => told), ...process.told];
  const vars = [process.vars, ...process.varsAlong].map((each) =>
    encodeChanges([{ kind: 'entered', work: '', vars: each, lastOrder: -1 }]),
  );
  const told = events.map(({ event, order }) => `${order.join('.')} ${formatEvent(event)}`);
  const answers = [...past, ...process.entries].flatMap(({ text }) =>
    text.startsWith('[{"kind":"answer"') ? [text] : [],
  );
  const text = JSON.stringify({ told, vars, answers })
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
