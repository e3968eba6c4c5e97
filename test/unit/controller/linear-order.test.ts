import { expect, test } from 'vitest';
import { createLinearizer, type Linearizer } from '../../../shared/report/linear-order.ts';
import { createOrderBook } from '../../../shared/wire/order-book.ts';
import type { OrderKey, RunEvent, TaskHeader } from '../../../shared/wire/run-event.ts';

const HOSTS = ['a', 'b', 'c'];

function header(order: OrderKey): TaskHeader {
  const id = order.join('.');
  return {
    id,
    title: id,
    action: 'x',
    file: 'f',
    line: 1,
    isHandler: false,
    isCheckMode: false,
    isLoop: false,
    tags: [],
  };
}

/** What a host does at a place, in order. */
function steps(host: string, order: OrderKey): ((line: Linearizer) => void)[] {
  const task = header(order);
  const outcome = { host, status: 'ok', result: new Map() } as const;
  return [
    (line) => line.arrive(host, order),
    (line) => line.take({ host, order, event: { kind: 'task-started', at: 0, task } }),
    (line) => line.take({ host, order, event: { kind: 'task-finished', task: task.id, at: 0, outcome } }),
  ];
}

function text(event: RunEvent): string {
  if (event.kind === 'task-started') return `[${event.task.id}]`;
  if (event.kind === 'task-finished') return event.outcome.host;
  return event.kind === 'file-included' ? `included ${event.file} for ${event.hosts.join()}` : event.kind;
}

/** Plays the hosts' steps in an order that `choose` decides. */
function play(
  ways: Readonly<Record<string, readonly OrderKey[]>>,
  choose: (among: number) => number,
): string {
  const told: string[] = [];
  const line = createLinearizer(HOSTS, createOrderBook(), (event) => told.push(text(event)));
  const lanes = HOSTS.map((host) => [
    ...(ways[host] ?? []).flatMap((order) => steps(host, order)),
    (to: Linearizer) => to.end(host),
  ]);
  for (;;) {
    const open = lanes.filter((lane) => lane.length > 0);
    if (open.length === 0) return told.join(' ');
    open[choose(open.length)]?.shift()?.(line);
  }
}

test('tells task by task and host by host, whatever the timing', () => {
  const ways = { a: [[0], [1], [2]], b: [[0], [2]], c: [[0], [1], [1, 0, 0], [2]] };
  const expected = '[0] a b c [1] a c [1.0.0] c [2] a b c';
  for (let seed = 1; seed <= 500; seed += 1) {
    let state = seed * 2654435761;
    const choose = (among: number): number => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return Math.floor((state / 2147483648) * among);
    };
    expect(play(ways, choose)).toBe(expected);
  }
});

test('shows the banner of a task before its first host has ended', () => {
  const told: string[] = [];
  const line = createLinearizer(HOSTS, createOrderBook(), (event) => told.push(text(event)));
  for (const host of HOSTS) line.arrive(host, [0]);
  steps('a', [0])[1]?.(line);
  expect(told).toEqual(['[0]']);
});

test('joins the hosts that include the same file', () => {
  const told: string[] = [];
  const line = createLinearizer(['a', 'b'], createOrderBook(), (event) => told.push(text(event)));
  for (const host of ['a', 'b']) {
    const [arrive, start, finish] = steps(host, [0]);
    arrive?.(line);
    start?.(line);
    line.take({ host, order: [0], event: { kind: 'file-included', file: 'x.yml', hosts: [host] } });
    finish?.(line);
    line.end(host);
  }
  expect(told).toEqual(['[0]', 'a', 'b', 'included x.yml for a,b']);
});

test('orders included files by their first appearance', () => {
  const book = createOrderBook();
  expect(book.compare([0, 'x.yml', 0], [0, 'y.yml', 0])).toBeLessThan(0);
  expect(book.compare([0, 'y.yml', 0], [0, 'x.yml', 9])).toBeGreaterThan(0);
  expect(book.compare([0], [0, 'x.yml', 0])).toBeLessThan(0);
});
