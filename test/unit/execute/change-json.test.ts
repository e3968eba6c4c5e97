/** Changes of a host's state as text: all that they hold comes back. */

import { expect, test } from 'vitest';
import { decodeChanges, encodeChanges } from '../../../functions/host/execute/change-json.ts';
import type { StateChange } from '../../../functions/host/execute/host-journal.ts';
import type { TaskKeywords } from '../../../functions/host/execute/task-keywords.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { Pending, PyBytes, PyTuple, Template, Vaulted } from '../../../shared/template/python/special.ts';

const dict = (entries: Readonly<Record<string, Value>>): Dict => new Map(Object.entries(entries));
const again = (change: StateChange): StateChange | undefined => decodeChanges(encodeChanges([change]))[0];

const keywords: TaskKeywords = {
  isCheckMode: false,
  isDiff: true,
  noLog: false,
  ignoreErrors: true,
  ignoreUnreachable: false,
  anyErrorsFatal: false,
  become: true,
  becomeUser: 'root',
  becomeMethod: undefined,
  becomeExe: undefined,
  becomeFlags: undefined,
  connection: undefined,
  remoteUser: undefined,
  port: 2222,
  delegateTo: 'db',
  delegateFacts: false,
  timeout: 0,
  asyncSeconds: 0,
  pollSeconds: undefined,
  environment: { $: 'dict', PATH: '/bin' },
};

const vars = {
  assigned: dict({ tuple: new PyTuple([1, 2]), secret: new Vaulted('$ANSIBLE_VAULT;1.1;AES256\n61\n') }),
  origins: new Map(),
  included: dict({ raw: new Template('{{ a }}', { file: '/vars.yml', line: 1, column: 2 }) }),
  facts: [dict({ ansible_kernel: 'Linux' })],
};

const changes: readonly StateChange[] = [
  { kind: 'entered', work: 'abc', vars, startAt: 'x*', lastOrder: -1 },
  {
    kind: 'answered',
    place: 't1/t0',
    answers: [
      ['start/random#0', 7n ** 30n],
      ['raw 0.1', [0, new PyBytes(new Uint8Array([255]))]],
    ],
  },
  { kind: 'slept', place: 't1/t0!2', count: 3, until: 1_700_000_000_123 },
  {
    kind: 'changed',
    order: 4,
    change: { kind: 'adopt', end: { result: dict({ rc: 0 }), items: [dict({ item: null })] } },
  },
  { kind: 'changed', order: 5, change: { kind: 'clear-facts' } },
  {
    kind: 'changed',
    order: 6,
    change: { kind: 'give', gift: { host: 'db', action: 'setup', result: dict({}) } },
  },
  { kind: 'agent', way: 'ssh web', agent: 'f00d' },
  { kind: 'agent', way: 'ssh web' },
  {
    kind: 'answer',
    stage: 0,
    work: 'abc',
    answer: {
      outcome: { kind: 'waiting', order: [0, 1, '/tasks.yml#', 2], reason: 'run_once', isOnce: true },
      isSheltered: false,
      hasStarted: true,
      customStats: [],
    },
    left: vars,
  },
];

test.each(changes)('$kind comes back', (change) => {
  expect(again(change)).toEqual(change);
});

test('ends of tasks come back with their keywords', () => {
  const end = {
    result: dict({ rc: 0 }),
    noLog: true,
    keywords,
    label: 'x',
    delegatedAddress: '::1',
    items: undefined,
  };
  expect(again({ kind: 'ended', place: 't1/t0', end, notified: [0, 2], hasRun: true })).toEqual({
    kind: 'ended',
    place: 't1/t0',
    end,
    notified: [0, 2],
    hasRun: true,
  });
});

test('ends of loops come back; what their items share is written once', () => {
  const results = ['a', 'b'].map((item) => dict({ item, stdout: `the output of ${item}` }));
  const items = results.map((result, index) => ({
    result,
    noLog: false,
    keywords: index === 0 ? keywords : { ...keywords, timeout: 9 },
    label: String(index),
  }));
  const other = { result: dict({ skipped: true }), noLog: false, keywords: undefined, label: undefined };
  const end = {
    result: dict({ results: [...results, other.result] }),
    noLog: false,
    keywords,
    label: undefined,
    items: [...items, { ...other, result: new Map(other.result) }],
  };
  const change: StateChange = { kind: 'ended', place: 't1/t0', end, notified: [] };
  expect(again(change)).toEqual(change);
  const text = encodeChanges([change]);
  expect(text.split('the output of a')).toHaveLength(2);
  expect(text.split('/bin')).toHaveLength(3);
});

test('results that have arrived are written as what they are, and others refused', () => {
  const [arrived, facts] = [new Pending(), new Pending()];
  arrived.settle(dict({ rc: 0 }));
  const layer = { pending: facts, mayHold: () => true };
  const entered: StateChange = {
    kind: 'entered',
    work: '',
    vars: {
      assigned: dict({ r: arrived }),
      origins: new Map(),
      included: new Map(),
      facts: [dict({ a: 1, b: 1 }), layer],
    },
    lastOrder: 0,
  };
  expect(() => encodeChanges([entered])).toThrow('not at rest');
  facts.settle(dict({ b: 2 }));
  expect(again(entered)).toMatchObject({
    vars: { assigned: dict({ r: dict({ rc: 0 }) }), facts: [dict({ a: 1, b: 2 })] },
  });
});
