/** Looks at the functions of a deployment and at what the account allows. */

import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { limits } from '../../shared/base/limits.ts';
import { type Probed, probe } from '../../shared/store/probe.ts';

export type AccountFacts = {
  readonly region: string;
  /** Functions that may run at a time, in all, and without those set aside for single functions. */
  readonly concurrency: number;
  readonly unreservedConcurrency: number;
  /** AWS's clock less this machine's, in ms; undefined when AWS did not say its time. */
  readonly clockSkewMs: number | undefined;
};

export type FunctionFacts = {
  readonly state: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Longest durable execution, in s; undefined for a function that is not durable. */
  readonly executionSeconds: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** SHA-256 of the package, in base64. */
  readonly codeHash: string;
  readonly subnets: readonly string[];
};

export type LambdaProbe = {
  readonly account: () => Promise<Probed<AccountFacts>>;
  /** `name` may have an alias behind a colon. */
  readonly functionFacts: (name: string) => Promise<Probed<FunctionFacts>>;
  readonly close: () => void;
};

/** Opens a probe; `now` is this machine's time. */
export function openLambdaProbe(region: string | undefined, now: () => number): LambdaProbe {
  const client = new LambdaClient({ ...(region !== undefined && { region }), maxAttempts: 2 });
  const at = (): { readonly abortSignal: AbortSignal } => ({
    abortSignal: AbortSignal.timeout(limits.doctorLookTimeoutMs),
  });
  let serverTime: { readonly text: string; readonly at: number } | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const text = parseDateHeader(answer.response);
      if (text !== undefined) serverTime = { text, at: now() };
      return answer;
    },
    { step: 'deserialize', name: 'serverTime' },
  );
  return {
    account: () =>
      probe({ action: 'lambda:GetAccountSettings', resource: 'the account' }, async () => {
        const { AccountLimit: quota } = await client.send(new GetAccountSettingsCommand({}), at());
        return {
          region: await client.config.region(),
          concurrency: quota?.ConcurrentExecutions ?? 0,
          unreservedConcurrency: quota?.UnreservedConcurrentExecutions ?? 0,
          clockSkewMs: serverTime && Date.parse(serverTime.text) - serverTime.at,
        };
      }),
    functionFacts: (name) =>
      probe({ action: 'lambda:GetFunctionConfiguration', resource: `function ${name}` }, async () => {
        const command = new GetFunctionConfigurationCommand({ FunctionName: name });
        const seen = await client.send(command, at());
        return {
          state: seen.State ?? '',
          runtime: seen.Runtime ?? '',
          memoryMb: seen.MemorySize ?? 0,
          timeoutSeconds: seen.Timeout ?? 0,
          executionSeconds: seen.DurableConfig?.ExecutionTimeout,
          environment: seen.Environment?.Variables ?? {},
          codeHash: seen.CodeSha256 ?? '',
          subnets: seen.VpcConfig?.SubnetIds ?? [],
        };
      }),
    close: () => client.destroy(),
  };
}

function parseDateHeader(response: unknown): string | undefined {
  const { headers } = (response ?? {}) as { readonly headers?: Readonly<Record<string, string>> };
  return headers?.date;
}
