import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { RunInvocation } from '../../../shared/wire/stage.ts';

type Transformer = { readonly inputPathsMap: Record<string, string>; readonly inputTemplate: string };
type Trigger = { readonly schedule: { readonly inputTransformer: Transformer; readonly enabled: boolean } };

const triggers = parseTriggers(parse(readFileSync('infra/triggers.example.yml', 'utf8')));

/** What the types ask of a run that is started without anybody at a terminal. */
const EXAMPLE: RunInvocation = {
  kind: 'run',
  runId: 'an id',
  project: 'HASH',
  command: ['trigger', 'compliance'],
  request: {
    playbooks: ['compliance.yml'],
    inventory: ['inventory'],
    extraVars: [],
    tags: [],
    skipTags: [],
    isCheckMode: true,
    isDiff: true,
    verbosity: 0,
    flushCache: false,
    isStep: false,
    modulePaths: [],
    listing: { hosts: false, tasks: false, tags: false, syntaxCheck: false },
    connection: { askPassword: false },
    become: { askPassword: false },
    vault: { ids: [], passwordFiles: [], askPassword: false },
  },
};

test('the example of a trigger starts a run as the controller function expects it', () => {
  const inputs = triggers.map(({ schedule }) =>
    schedule.inputTransformer.inputTemplate.replaceAll('<id>', '"an id"'),
  );
  expect(inputs.map((input): unknown => JSON.parse(input))).toEqual([EXAMPLE]);
});

test('the example takes nothing from an event but its id, and does nothing until it is switched on', () => {
  for (const { schedule } of triggers) {
    expect(schedule.inputTransformer.inputPathsMap).toEqual({ id: '$.id' });
    expect(schedule.enabled).toBe(false);
  }
});

function parseTriggers(value: unknown): readonly Trigger[] {
  return value as readonly Trigger[];
}
