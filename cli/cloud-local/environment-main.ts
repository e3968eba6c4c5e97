/** What runs inside an environment before the function's own code: takes events over IPC and answers them. */

import type { ErrorObject } from './operation.ts';

/** From the cloud to the environment. */
export type EnvironmentEvent = {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  readonly functionArn: string;
  /** How long the invocation may take, in ms. */
  readonly timeoutMs: number;
  /** How far the cloud's clock is ahead of the machine's, in ms. */
  readonly skippedMs: number;
};

/** From the environment to the cloud; the first is sent once the bundle is loaded. */
export type EnvironmentAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answered'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'threw'; readonly requestId: string; readonly error: ErrorObject };

/** A script for `node --eval` that needs nothing but Node; its arguments are the bundle and the handler's name. */
export const environmentScript: string = `(${environmentMain.toString()})(require, process)`;

/** Only its text leaves this file, so it uses nothing from outside itself. */
function environmentMain(load: (path: string) => Record<string, unknown>, self: NodeJS.Process): void {
  const [, bundle = '', exportName = ''] = self.argv;
  const RealDate = globalThis.Date;
  let skippedMs = 0;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given: [], newTarget) =>
      given.length > 0
        ? Reflect.construct(target, given, newTarget)
        : Reflect.construct(target, [RealDate.now() + skippedMs], newTarget),
    get: (target, key, receiver) =>
      key === 'now' ? () => RealDate.now() + skippedMs : Reflect.get(target, key, receiver),
  });

  const answer = (message: EnvironmentAnswer): void => {
    self.send?.(message);
  };
  const describe = (error: unknown): ErrorObject =>
    error instanceof Error
      ? {
          ErrorType: error.name,
          ErrorMessage: error.message,
          StackTrace: (error.stack ?? '').split('\n').slice(1, 20),
        }
      : { ErrorType: typeof error, ErrorMessage: String(error) };

  const handler = load(bundle)[exportName];
  if (typeof handler !== 'function') throw new Error(`${bundle} exports no function ${exportName}`);
  const contextOf = ({ functionArn, requestId, timeoutMs }: EnvironmentEvent): Record<string, unknown> => {
    const deadline = performance.now() + timeoutMs;
    return {
      awsRequestId: requestId,
      callbackWaitsForEmptyEventLoop: true,
      functionName: self.env.AWS_LAMBDA_FUNCTION_NAME,
      functionVersion: self.env.AWS_LAMBDA_FUNCTION_VERSION,
      invokedFunctionArn: functionArn,
      logGroupName: self.env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: self.env.AWS_LAMBDA_LOG_STREAM_NAME,
      memoryLimitInMB: self.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
    };
  };
  self.on('message', async (message: EnvironmentEvent) => {
    const { event, requestId } = message;
    skippedMs = message.skippedMs;
    try {
      const result: unknown = await handler(JSON.parse(event), contextOf(message));
      answer({ kind: 'answered', requestId, payload: JSON.stringify(result) ?? 'null' });
    } catch (error) {
      answer({ kind: 'threw', requestId, error: describe(error) });
    }
  });
  // Without the cloud that started it, an environment has no purpose.
  self.on('disconnect', () => self.exit(1));
  answer({ kind: 'ready' });
}
