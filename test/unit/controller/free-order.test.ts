import { expect, test } from 'vitest';
import { createFreeOrder } from '../../../shared/report/free-order.ts';
import type { RunEvent } from '../../../shared/wire/run-event.ts';

test('a task with strategy free shows its banner before the files it includes', () => {
  const told: string[] = [];
  const take = createFreeOrder((event) => told.push(text(event)));
  const tell = (host: string, event: RunEvent): void => take({ order: [0], host, event });
  const finish = (host: string): RunEvent => ({
    kind: 'task-finished',
    task: '0',
    at: 0,
    outcome: { host, status: 'ok', result: new Map() },
  });
  tell('a', { kind: 'file-included', file: 'x.yml', hosts: ['a'] });
  tell('b', { kind: 'file-included', file: 'y.yml', hosts: ['b'] });
  tell('b', finish('b'));
  tell('a', finish('a'));
  tell('a', finish('a'));
  expect(told).toEqual(['b', 'y.yml', 'a', 'x.yml', 'a']);
});

function text(event: RunEvent): string {
  if (event.kind === 'task-finished') return event.outcome.host;
  return event.kind === 'file-included' ? event.file : event.kind;
}
