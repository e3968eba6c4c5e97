/** Files and functions stay small enough to be read at once. */

import { expect, test } from 'vitest';
import { functionsOf, sources } from './sources.ts';

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 60;

/** What may be larger, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'shared/report/linear-order.ts createLinearizer':
    'closures over the state of one play, of which none is long',
  'shared/template/compile/expression.ts compileExpression': 'one switch over the kinds of expressions',
  'test/contract/run-store-fleet.ts testFleet': 'a list of tests that every store must pass',
  'test/contract/run-store-history.ts testRunHistory': 'a list of tests that every store must pass',
  'test/contract/run-store-streams.ts testHostStreams': 'a list of tests that every store must pass',
  'test/integration/delaying-relay.ts startRelay': 'two directions of one relay, side by side',
  'test/unit/execute/fake-host.ts playContext': 'a list of ports, each of which does next to nothing',
};

test('the scanner sees functions', () => {
  const all = sources.flatMap(functionsOf);
  expect(all.length).toBeGreaterThan(1000);
  expect(Math.max(...all.map(({ lines }) => lines))).toBeGreaterThan(30);
});

test('no file is too long', () => {
  const long = sources
    .map(({ name, text }) => ({ name, lines: text.trimEnd().split('\n').length }))
    .filter(({ name, lines }) => lines > FILE_LINES_MAX && !(name in EXCEPTIONS));
  expect(long).toEqual([]);
});

test('no function is too long', () => {
  const long = sources.flatMap((source) =>
    functionsOf(source)
      .filter(({ name, lines }) => lines > FUNCTION_LINES_MAX && !(`${source.name} ${name}` in EXCEPTIONS))
      .map(({ name, line, lines }) => `${source.name}:${line} ${name}: ${lines} lines`),
  );
  expect(long).toEqual([]);
});
