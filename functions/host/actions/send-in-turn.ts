/** Sends the requests of one action in order, as many at once as memory allows. */

import { limits } from '../../../shared/base/limits.ts';
import type { Dict } from '../../../shared/base/value.ts';
import type { ActionReply } from './action.ts';

/** A request that has been sent. */
export type Sent = { readonly reply: Promise<ActionReply> };

/** Sends one request, at once or when what it carries has been read. Throws when that cannot be read. */
export type Step = (hasMore: boolean) => Sent | Promise<Sent>;

export type SentSteps = {
  /** The results in order; after a failure there may be fewer than steps. */
  readonly replies: Promise<readonly Dict[] | 'discarded'>;
  /** All steps have been sent. */
  readonly isWhole: boolean;
};

/** Sends the steps. What does not fit on the way at once is sent as results come in, and not after a failure. */
export function sendInTurn(steps: readonly Step[]): SentSteps {
  const sent: Promise<ActionReply>[] = [];
  for (const [index, step] of steps.entries()) {
    if (sent.length >= limits.filesOnTheWayMax)
      return { replies: sendRest(steps, index, sent), isWhole: false };
    const begun = begin(step, index < steps.length - 1);
    if (begun instanceof Promise) return { replies: sendRest(steps, index + 1, sent, begun), isWhole: false };
    sent.push(watched(begun.reply));
  }
  return { replies: collect(sent), isWhole: true };
}

/** Errors of a step count as errors of its reply: what was sent before it is still waited for. */
function begin(step: Step, hasMore: boolean): Sent | Promise<Sent> {
  try {
    return step(hasMore);
  } catch (error) {
    return Promise.reject(error);
  }
}

async function sendRest(
  steps: readonly Step[],
  from: number,
  sent: Promise<ActionReply>[],
  begun?: Promise<Sent>,
): Promise<readonly Dict[] | 'discarded'> {
  try {
    if (begun !== undefined) sent.push(watched((await begun).reply));
    for (const [index, step] of steps.entries()) {
      if (index < from) continue;
      const oldest = sent[index - limits.filesOnTheWayMax];
      if (oldest !== undefined && isStop(await oldest)) break;
      sent.push(watched((await step(index < steps.length - 1)).reply));
    }
  } catch (error) {
    sent.push(watched(Promise.reject(error)));
  }
  return collect(sent);
}

/** Keeps a rejection from counting as unhandled before it is collected. */
function watched(reply: Promise<ActionReply>): Promise<ActionReply> {
  reply.catch(() => undefined);
  return reply;
}

async function collect(sent: readonly Promise<ActionReply>[]): Promise<readonly Dict[] | 'discarded'> {
  const results: Dict[] = [];
  for (const reply of sent) {
    const result = await reply;
    if (result === 'discarded') return result;
    results.push(result);
  }
  return results;
}

/** Whether nothing more is to be sent after this reply. */
export function isStop(reply: ActionReply): boolean {
  return reply === 'discarded' || reply.get('failed') === true || reply.get('unreachable') === true;
}
