/** Runs and their records in the cloud's store. */

import { limits } from '../base/limits.ts';
import type { RunRecord } from '../wire/host-journal.ts';
import { askForEach } from './ask-for-each.ts';
import type { CloudStore } from './cloud-store.ts';
import type { Item } from './dynamo-requests.ts';
import { itemKeys, monthOf, monthPartition, monthsBack } from './dynamo-schema.ts';
import { numberOf, numberValue, presentNumber } from './dynamo-values.ts';
import { formatRecord, parseRecord } from './record-text.ts';
import type { RunHistory, RunSummary } from './run-store.ts';

/** Clocks of those who start runs and those who list them differ by less. */
const CLOCK_SKEW_MS = 86_400_000;
const RECORD_BYTES_MAX = Math.floor(limits.storeItemBytesMax / limits.storeRecordsPerItem);

/** The part of the store that holds runs. */
export function dynamoHistory(cloud: CloudStore): Omit<RunHistory, 'close'> {
  const { table } = cloud;
  return {
    startRun: (run) => startRun(cloud, run),
    putRecords: async (runId, firstSequence, records) => {
      const blocks = blocksOf(firstSequence, records);
      await askForEach(blocks, (block) => putBlock(cloud, runId, block));
    },
    finishRun: async (runId, { finishedAt, exitCode }) => {
      const end = { finishedAt: numberValue(finishedAt), exitCode: numberValue(exitCode) };
      await table.setOnce(itemKeys.run(runId), end, true);
    },
    requestStop: async (runId, at) => {
      await table.setOnce(itemKeys.run(runId), { stopRequestedAt: numberValue(at) }, true);
    },
    listRuns: (limit) => listRuns(cloud, limit),
    findRun: (idPrefix) => findRun(cloud, idPrefix),
    readRecords: (runId, from = 0) => readRecords(cloud, runId, from),
  };
}

/** The first start counts: of a second one nothing is kept. */
async function startRun({ table, values, expires }: CloudStore, run: RunSummary): Promise<void> {
  const command = await values.packText(JSON.stringify(run.command), limits.storeItemBytesMax);
  const started = await table.setOnce(itemKeys.run(run.runId), {
    startedAt: numberValue(run.startedAt),
    command,
    ...(run.finishedAt === undefined ? {} : { finishedAt: numberValue(run.finishedAt) }),
    ...(run.exitCode === undefined ? {} : { exitCode: numberValue(run.exitCode) }),
    ...(run.stopRequestedAt === undefined ? {} : { stopRequestedAt: numberValue(run.stopRequestedAt) }),
    ...expires(),
  });
  const startedAt = numberOf(started ?? {}, 'startedAt') ?? run.startedAt;
  await table.put(itemKeys.monthOfRun(monthOf(startedAt), run.runId), expires(), 'there');
}

type Block = {
  readonly block: number;
  readonly records: readonly { readonly place: number; readonly record: RunRecord }[];
};

/** Records that share an item are those whose numbers have the same quotient, whoever puts them, and however many at once. */
function blocksOf(firstSequence: number, records: readonly RunRecord[]): Block[] {
  const perItem = limits.storeRecordsPerItem;
  const blocks = new Map<number, { place: number; record: RunRecord }[]>();
  for (const [index, record] of records.entries()) {
    const sequence = firstSequence + index;
    const block = Math.floor(sequence / perItem);
    const inBlock = blocks.get(block) ?? [];
    inBlock.push({ place: sequence % perItem, record });
    blocks.set(block, inBlock);
  }
  return [...blocks].map(([block, inBlock]) => ({ block, records: inBlock }));
}

async function putBlock({ table, values, expires }: CloudStore, runId: string, block: Block): Promise<void> {
  const attributes: Record<string, Item[string]> = {};
  for (const { place, record } of block.records)
    attributes[`r${place}`] = await values.packText(formatRecord(record), RECORD_BYTES_MAX);
  await table.setOnce(itemKeys.records(runId, block.block), { ...attributes, ...expires() });
}

async function* readRecords(cloud: CloudStore, runId: string, from: number): AsyncGenerator<RunRecord> {
  const perItem = limits.storeRecordsPerItem;
  let next = from;
  const { pk, sk } = itemKeys.records(runId, Math.floor(from / perItem));
  for await (const item of cloud.table.query({ pk, sk: { from: sk, to: itemKeys.recordsEnd } })) {
    if (item.sk?.S !== itemKeys.records(runId, Math.floor(next / perItem)).sk) return;
    for (let place = next % perItem; place < perItem; place += 1) {
      const value = item[`r${place}`];
      if (value === undefined) return;
      yield parseRecord(await cloud.values.unpackText(value));
      next += 1;
    }
  }
}

async function listRuns(cloud: CloudStore, limit: number): Promise<RunSummary[]> {
  const ids: string[] = [];
  for (const month of monthsKept(cloud)) {
    const left = limit - ids.length;
    if (left <= 0) break;
    const range = { pk: monthPartition(month), newestFirst: true, limit: left };
    for await (const item of cloud.table.query(range)) ids.push(item.sk?.S ?? '');
  }
  const runs = await askForEach(ids, (runId) => readRun(cloud, runId));
  return runs.filter((run) => run !== undefined);
}

async function findRun(cloud: CloudStore, idPrefix: string): Promise<RunSummary | undefined> {
  const run = idPrefix === '' ? undefined : await readRun(cloud, idPrefix);
  if (run !== undefined) return run;
  const found = await askForEach(monthsKept(cloud), async (month) => {
    const ids: string[] = [];
    const sk = idPrefix === '' ? {} : { sk: { prefix: idPrefix } };
    for await (const item of cloud.table.query({ pk: monthPartition(month), ...sk, limit: 2 }))
      ids.push(item.sk?.S ?? '');
    return ids;
  });
  const [id, ...others] = found.flat();
  return id === undefined || others.length > 0 ? undefined : readRun(cloud, id);
}

/** Those in which runs that are still kept can have begun. */
function monthsKept({ now, keptMs }: CloudStore): string[] {
  return monthsBack(now() + CLOCK_SKEW_MS, now() - keptMs - CLOCK_SKEW_MS);
}

async function readRun({ table, values }: CloudStore, runId: string): Promise<RunSummary | undefined> {
  const item = await table.get(itemKeys.run(runId));
  if (item === undefined) return undefined;
  const finishedAt = numberOf(item, 'finishedAt');
  const exitCode = numberOf(item, 'exitCode');
  const stopRequestedAt = numberOf(item, 'stopRequestedAt');
  return {
    runId,
    startedAt: presentNumber(item, 'startedAt'),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(exitCode === undefined ? {} : { exitCode }),
    command: parseCommand(await values.unpackText(item.command)),
    ...(stopRequestedAt === undefined ? {} : { stopRequestedAt }),
  };
}

function parseCommand(text: string): string[] {
  return JSON.parse(text) as string[];
}
