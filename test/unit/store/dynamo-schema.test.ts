/** The cloud's table: its definition is the deployed one, its keys keep things apart and in order. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { dynamoTable, EXPIRES, itemKeys, monthsBack } from '../../../shared/store/dynamo-schema.ts';

const SPRING = Date.UTC(2026, 2, 31, 12);

test('the table is the one that is deployed', () => {
  const template = readFileSync(new URL('../../../infra/table.yml', import.meta.url), 'utf8');
  const { Properties: deployed } = parse(template).Resources.RunTable;
  const { TableName, ...definition } = dynamoTable('runs');
  expect(TableName).toBe('runs');
  expect(deployed).toMatchObject(definition);
  expect(deployed.TimeToLiveSpecification).toEqual({ AttributeName: EXPIRES, Enabled: true });
});

test('numbers sort as keys', () => {
  const numbers = [0, 9, 10, 99, 100, 123_456];
  for (const key of [(n: number) => itemKeys.records('r', n), (n: number) => itemKeys.entry('r', 'h', n)]) {
    const keys = numbers.map((number) => key(number).sk);
    expect([...keys].sort()).toEqual(keys);
  }
});

test('months go back over the turn of years, none left out', () => {
  const days = 86_400_000;
  expect(monthsBack(SPRING, SPRING - 120 * days)).toEqual(['2026-03', '2026-02', '2026-01', '2025-12']);
  expect(monthsBack(SPRING, SPRING - 121 * days)).toHaveLength(5);
  expect(monthsBack(SPRING, SPRING)).toEqual(['2026-03']);
});

test('a key is never too long, and long names stay apart', () => {
  const long = ['x'.repeat(5_000), `${'x'.repeat(5_000)}y`].map((name) => itemKeys.facts(name).pk);
  expect(new Set(long).size).toBe(2);
  for (const key of long) expect(Buffer.byteLength(key)).toBeLessThanOrEqual(2_048);
});
