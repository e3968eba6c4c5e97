/**
 * The cloud's table: how it is made, and the keys of everything in it.
 *
 * | what | pk | sk | gone with its run |
 * |---|---|---|---|
 * | a run | `run#RUN` | `summary` | yes |
 * | 16 of its records | `run#RUN` | `records#NUMBER` | yes |
 * | the runs of a month | `runs#YYYY-MM` | run id | yes |
 * | one entry of a host's stream | `entries#RUN#HOST` | number | yes |
 * | facts | `facts#HOST` | `facts` | no, as old as a run may be |
 * | a host key | `host-key#ADDRESS` | `key` | never |
 * | a project's newest manifest | `project#NAME` | `manifest` | never |
 *
 * Each host of a run writes to a partition of its own, so ten thousand of them never meet. Items that are gone after a
 * while have the time in `expires`, in seconds. Nothing in a key or a plain attribute is a secret.
 */

import { createHash } from 'node:crypto';

export type ItemKey = { readonly pk: string; readonly sk: string };

/** What `CreateTable` is asked for; the deployment's template says the same. */
export type TableDefinition = {
  readonly TableName: string;
  readonly BillingMode: 'PAY_PER_REQUEST';
  readonly AttributeDefinitions: { readonly AttributeName: string; readonly AttributeType: 'S' }[];
  readonly KeySchema: { readonly AttributeName: string; readonly KeyType: 'HASH' | 'RANGE' }[];
};

/** The attribute that DynamoDB's own time to live looks at. */
export const EXPIRES = 'expires';

const NUMBER_DIGITS = 12;
/** DynamoDB's partition keys have up to 2,048 bytes. */
const KEY_BYTES_MAX = 2_048;

/** The definition of the table `name`. */
export function dynamoTable(name: string): TableDefinition {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  };
}

/** Where each thing lies. */
export const itemKeys = {
  run: (runId: string): ItemKey => ({ pk: partition('run', runId), sk: 'summary' }),
  records: (runId: string, block: number): ItemKey => ({
    pk: partition('run', runId),
    sk: `records#${numberText(block)}`,
  }),
  /** After all records. */
  recordsEnd: 'records#~',
  /** `month` as of {@link monthOf}. */
  monthOfRun: (month: string, runId: string): ItemKey => ({ pk: monthPartition(month), sk: runId }),
  entry: (runId: string, host: string, sequence: number): ItemKey => ({
    pk: partition('entries', `${runId}#${host}`),
    sk: numberText(sequence),
  }),
  facts: (host: string): ItemKey => ({ pk: partition('facts', host), sk: 'facts' }),
  hostKey: (address: string): ItemKey => ({ pk: partition('host-key', address), sk: 'key' }),
  project: (name: string): ItemKey => ({ pk: partition('project', name), sk: 'manifest' }),
};

/** The partition that lists the runs of a month. */
export function monthPartition(month: string): string {
  return partition('runs', month);
}

/** `YYYY-MM`, in UTC. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** The months from `from` back to `to`, newest first. */
export function monthsBack(from: number, to: number): string[] {
  const months: string[] = [];
  const date = new Date(from);
  date.setUTCDate(1);
  date.setUTCHours(0, 0, 0, 0);
  for (;;) {
    months.push(monthOf(date.getTime()));
    if (date.getTime() <= to) return months;
    date.setUTCMonth(date.getUTCMonth() - 1);
  }
}

/** Sorts as text the way the numbers do. */
function numberText(number: number): string {
  return String(number).padStart(NUMBER_DIGITS, '0');
}

function partition(kind: string, name: string): string {
  const key = `${kind}#${name}`;
  if (Buffer.byteLength(key) <= KEY_BYTES_MAX) return key;
  return `${kind}##${createHash('sha256').update(name).digest('hex')}`;
}
