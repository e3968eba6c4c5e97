/**
 * Has the hosts of a stage run their part of it: each by a call of its own; many of them by way of executions of the
 * controller function that take a share each, because one execution has no more than 3,000 operations.
 *
 * A share above {@link limits.hostsPerShard} is divided into shares again, so the tree is as deep as it has to be: two
 * levels hold 160,000 hosts.
 */

import { limits } from '../../shared/base/limits.ts';
import { packAnswers, readTexts, type StageBlobDeps, unpackAnswers } from '../../shared/store/stage-blobs.ts';
import type { HostLost, ShardInvocation, StageAnswer } from '../../shared/wire/stage.ts';
import type { CallEnd, FunctionCall, StageRunner } from './stage-runner.ts';

export type AskDeps = { readonly runner: StageRunner; readonly blobs: StageBlobDeps };

/** The stage's record, by content hash, and what its calls are named after. */
export type AskedStage = { readonly runId: string; readonly stage: string; readonly name: string };

/** The answers of the hosts, in their order. `width`: how many may run at a time. */
export async function askHosts(
  asked: AskedStage & { readonly hosts: readonly string[]; readonly width: number },
  { blobs, runner }: AskDeps,
): Promise<readonly StageAnswer[]> {
  const { hosts, name, runId, stage, width } = asked;
  const calls = hosts.map(
    (host): FunctionCall => ({ to: 'host', name: host, event: { runId, stage, host } }),
  );
  const ends = await runner.call(name, calls, width);
  const answers = await Promise.all(ends.map((end) => answersOf(end, 1, blobs)));
  return answers.flat();
}

/** The answers of shares of the hosts, through executions of the controller function, `width` of them at a time. */
export async function askShards(
  {
    name,
    shards,
    width,
  }: { readonly name: string; readonly shards: readonly ShardInvocation[]; readonly width: number },
  { blobs, runner }: AskDeps,
): Promise<readonly StageAnswer[]> {
  const calls = shards.map(
    (event): FunctionCall => ({ to: 'controller', name: `${event.from} to ${event.to}`, event }),
  );
  const ends = await runner.call(name, calls, width);
  const answers = await Promise.all(
    ends.map((end, index) => {
      const { from = 0, to = 0 } = shards[index] ?? {};
      return answersOf(end, to - from, blobs);
    }),
  );
  return answers.flat();
}

/** An execution of the controller function for a share: asks its hosts, or divides it; gives the answers as text. */
export async function runShard(shard: ShardInvocation, deps: AskDeps): Promise<string> {
  const { from, runId, stage, to, width } = shard;
  if (to - from > limits.hostsPerShard) {
    const answers = await askShards({ name: 'shards', ...dividedShard(shard) }, deps);
    return packAnswers(answers, deps.blobs);
  }
  const hosts = (await readTexts(shard.hosts, deps.blobs)).slice(from, to);
  return packAnswers(await askHosts({ runId, stage, name: 'hosts', hosts, width }, deps), deps.blobs);
}

type DividedShard = { readonly shards: readonly ShardInvocation[]; readonly width: number };

/**
 * Equal shares, as few as may be, and how many are at work at a time: so many that the hosts at work are divided among
 * them, but not so many that each has only a few of these. It would be replayed for each wave of a few, and all of them
 * together with the square of the hosts.
 */
function dividedShard(shard: ShardInvocation): DividedShard {
  const count = shard.to - shard.from;
  const parts = Math.min(Math.ceil(count / limits.hostsPerShard), limits.hostsPerShard);
  const atWork = Math.min(parts, Math.max(1, Math.floor(shard.width / limits.shardWidthMin)));
  const width = Math.max(1, Math.floor(shard.width / atWork));
  const shards = Array.from({ length: parts }, (_, part) => ({
    ...shard,
    from: shard.from + Math.floor((part * count) / parts),
    to: shard.from + Math.floor(((part + 1) * count) / parts),
    width,
  }));
  return { shards, width: atWork };
}

async function answersOf(end: CallEnd, count: number, blobs: StageBlobDeps): Promise<readonly StageAnswer[]> {
  if (end.kind === 'returned') return unpackAnswers(end.text, blobs);
  const lost: HostLost = { lost: end.message };
  return Array.from({ length: count }, () => lost);
}
