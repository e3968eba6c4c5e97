/** Durable functions for tests of the local cloud: bundled as ours are, and small. */

import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';

type Event = {
  readonly do:
    | 'steps'
    | 'fan-out'
    | 'flaky'
    | 'slow-step'
    | 'zombie'
    | 'hog'
    | 'hang'
    | 'look'
    | 'big'
    | 'result'
    | 'throw'
    | 'many';
  /** A directory outside, in which the function leaves marks. */
  readonly marks?: string;
  readonly at?: string;
  readonly count?: number;
  readonly worker?: string;
};

type Handler = (event: Event, context: DurableContext) => Promise<unknown>;

const HANDLERS: Readonly<Record<Event['do'], Handler>> = {
  steps: async ({ marks }, context) => {
    const first = await context.step('first', async () => mark(marks, 'first'));
    const before = await context.step('clock', async () => Date.now());
    await context.wait('pause', { minutes: 40 });
    const second = await context.step('second', async () => mark(marks, 'second'));
    return { first, second, waitedMinutes: Math.round((Date.now() - before) / 60_000) };
  },
  'fan-out': async ({ count = 1, marks, worker = '' }, context) => {
    const items = Array.from({ length: count }, (_, index) => index);
    const all = await context.map('workers', items, (child, index) =>
      child.invoke(`worker-${index}`, worker, { do: 'steps', ...(marks === undefined ? {} : { marks }) }),
    );
    return all.getResults().length;
  },
  flaky: async (_, context) =>
    context.step(
      'flaky',
      async ({ attempt }) => {
        if (attempt < 3) throw new Error(`attempt ${attempt}`);
        return attempt;
      },
      { retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 5, delay: { seconds: 90 } }) },
    ),
  'slow-step': async ({ marks }, context) => {
    await context.step('done', async () => mark(marks, 'done'));
    const times = await context.step('slow', async () => {
      const count = mark(marks, 'slow');
      if (count === 1) await new Promise((resolve) => setTimeout(resolve, 600_000));
      return count;
    });
    return { times };
  },
  zombie: async ({ marks }, context) =>
    context.step('zombie', async () => {
      const isFirst = mark(marks, 'zombie') === 1;
      // The second finds it there already.
      while (isFirst && !exists(marks, 'go')) await new Promise((resolve) => setTimeout(resolve, 5));
      return isFirst ? 'first' : 'second';
    }),
  hog: async ({ marks }, context) =>
    context.step('hog', async () => {
      const kept: Buffer[] = [];
      while (mark(marks, 'hog') === 1) {
        for (let round = 0; round < 100_000; round++) {
          kept.push(Buffer.alloc(8 * 1_048_576, 1));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
      return kept.length;
    }),
  hang: async ({ marks }, context) =>
    context.step('hang', async () => {
      const count = mark(marks, 'hang');
      while (count === 1) {
        // Nothing but the end of the process ends this.
      }
      return count;
    }),
  look: async ({ at }, context) => context.step('look', async () => look(at)),
  big: async ({ count = 0 }, context) => context.step('big', async () => 'x'.repeat(count)),
  result: async ({ count = 0 }) => 'x'.repeat(count),
  throw: async () => {
    throw new TypeError('as asked');
  },
  many: async ({ count = 0 }, context) => {
    for (let index = 0; index < count; index++) await context.step(`step-${index}`, async () => index);
    return count;
  },
};

export const handler: unknown = withDurableExecution((event: Event, context: DurableContext) =>
  HANDLERS[event.do](event, context),
);

/** A plain function: fails as often as it is told to. */
export async function plain({
  failures = 0,
  marks,
}: {
  failures?: number;
  marks?: string;
}): Promise<unknown> {
  const count = mark(marks, 'plain');
  if (count <= failures) throw new RangeError(`failure ${count}`);
  return { count };
}

/** Leaves a mark, and tells how many of its kind there are. */
function mark(directory: string | undefined, name: string): number {
  if (directory === undefined) return 0;
  const { appendFileSync, readFileSync } = process.getBuiltinModule('node:fs');
  appendFileSync(`${directory}/${name}`, '.');
  return readFileSync(`${directory}/${name}`).length;
}

function exists(directory: string | undefined, name: string): boolean {
  return process.getBuiltinModule('node:fs').existsSync(`${directory}/${name}`);
}

function look(at: string | undefined): unknown {
  const fs = process.getBuiltinModule('node:fs');
  const mayWrite = (file: string): boolean => {
    try {
      fs.writeFileSync(file, '');
      fs.rmSync(file);
      return true;
    } catch {
      return false;
    }
  };
  return {
    variables: Object.keys(process.env).sort(),
    directory: process.cwd(),
    files: fs.readdirSync('.'),
    mayWriteHere: mayWrite('./x'),
    mayWriteRoot: mayWrite('/x'),
    mayWriteTmp: mayWrite('/tmp/x'),
    seen: at !== undefined && fs.existsSync(at) ? fs.readdirSync(at) : [],
  };
}
