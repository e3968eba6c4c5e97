/**
 * What controller and host functions hand each other, sealed: records of stages in the store, and answers, which travel
 * through the durable executions and are kept in their history.
 */

import { limits } from '../base/limits.ts';
import type { StageAnswer, StageHosts, StageWork } from '../wire/stage.ts';
import { formatWire, parseWire, type SpecialForms, type Wire } from '../wire/wire-json.ts';
import type { Blobs } from './run-store.ts';
import type { Sealer } from './seal.ts';

export type StageBlobDeps = {
  readonly store: Pick<Blobs, 'getBlob' | 'putBlob'>;
  readonly sealer: Sealer;
  /** Of the special values that results may hold. */
  readonly forms: SpecialForms;
};

/** Stores a stage's record; gives its content hash. */
export function putStageWork(work: StageWork, deps: StageBlobDeps): Promise<string> {
  return putSealed(work, 'stage', deps);
}

export async function readStageWork(hash: string, deps: StageBlobDeps): Promise<StageWork> {
  return parseStageWork(await readSealed(hash, 'stage', deps));
}

/** Stores the hosts of a batch; gives their content hash. */
export function putStageHosts(hosts: StageHosts, deps: StageBlobDeps): Promise<string> {
  return putSealed(hosts, 'hosts', deps);
}

export async function readStageHosts(hash: string, deps: StageBlobDeps): Promise<StageHosts> {
  return parseStageHosts(await readSealed(hash, 'hosts', deps));
}

/** Stores texts in order: names of hosts, or what a run's earlier execution has learnt; gives their content hash. */
export function putTexts(texts: readonly string[], deps: StageBlobDeps): Promise<string> {
  return putSealed(texts, 'texts', deps);
}

export async function readTexts(hash: string, deps: StageBlobDeps): Promise<readonly string[]> {
  return parseTexts(await readSealed(hash, 'texts', deps));
}

/** How the answers of a call begin that lie in the store. */
const STORED = 'blob:';

/** Answers as the text that a function returns; what is large lies in the store. */
export async function packAnswers(answers: readonly StageAnswer[], deps: StageBlobDeps): Promise<string> {
  const sealed = sealWire(answers, 'answers', deps);
  if (sealed.length > limits.answerBytesMax) return STORED + (await deps.store.putBlob(sealed, 'run'));
  return Buffer.from(sealed).toString('base64');
}

/** The answers of a text that {@link packAnswers} made. */
export async function unpackAnswers(text: string, deps: StageBlobDeps): Promise<readonly StageAnswer[]> {
  const sealed = text.startsWith(STORED)
    ? await deps.store.getBlob(text.slice(STORED.length), 'run')
    : Buffer.from(text, 'base64');
  return parseAnswers(openWire(sealed, 'answers', deps));
}

function putSealed(data: Wire, context: string, deps: StageBlobDeps): Promise<string> {
  return deps.store.putBlob(sealWire(data, context, deps), 'run');
}

async function readSealed(hash: string, context: string, deps: StageBlobDeps): Promise<Wire> {
  return openWire(await deps.store.getBlob(hash, 'run'), context, deps);
}

function sealWire(data: Wire, context: string, { forms, sealer }: StageBlobDeps): Uint8Array {
  return sealer.seal(Buffer.from(formatWire(data, forms)), context);
}

function openWire(sealed: Uint8Array, context: string, { forms, sealer }: StageBlobDeps): Wire {
  return parseWire(Buffer.from(sealer.open(sealed, context)).toString('utf8'), forms);
}

/** Sealed data are what a function of this deployment wrote: the seal vouches for their shape. */
function parseStageWork(wire: Wire): StageWork {
  return wire as StageWork;
}

function parseStageHosts(wire: Wire): StageHosts {
  return wire as StageHosts;
}

function parseTexts(wire: Wire): readonly string[] {
  return wire as readonly string[];
}

function parseAnswers(wire: Wire): readonly StageAnswer[] {
  return wire as readonly StageAnswer[];
}
