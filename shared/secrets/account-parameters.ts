/** The parameters of an account, as lookups ask for them. */

import type { AwsAnswer, AwsValues } from '../base/aws-values.ts';
import { type Asker, allPages, refused } from './asker.ts';
import type { ClientOptions } from './client-options.ts';
import { gatherNames } from './gather-names.ts';
import type { ParameterRequests, ReadParameter } from './parameter-requests.ts';

export type AccountOptions = {
  readonly client: ClientOptions;
  readonly ask: Asker;
  /** See AwsValuesOptions. */
  readonly own: string | undefined;
};

/** What the API takes at most in one call. */
const NAMES_PER_CALL = 10;

type Answers = ReadonlyMap<string, AwsAnswer<string>>;

type Account = {
  readonly parameter: (name: string, isDecrypted: boolean) => Promise<AwsAnswer<string>>;
  readonly parametersBelow: (
    question: Parameters<AwsValues['parametersBelow']>[0],
  ) => ReturnType<AwsValues['parametersBelow']>;
};

/** Asks with one client, which is made with the first question. */
export function accountParameters(options: AccountOptions): Account {
  const { ask, client, own } = options;
  let opened: Promise<ParameterRequests> | undefined;
  const requests = (): Promise<ParameterRequests> => {
    opened ??= openRequests(client);
    return opened;
  };
  const getOne = async (name: string, isDecrypted: boolean): Promise<AwsAnswer<string>> => {
    const answer = await ask('GetParameter', async (signal) =>
      (await requests()).getOne(name, { isDecrypted, signal }),
    );
    return answer.kind === 'found' ? valueIn(answer.value, own) : answer;
  };
  const getEach = async (names: readonly string[], isDecrypted: boolean): Promise<Answers> => {
    const answers = await Promise.all(names.map((name) => getOne(name, isDecrypted)));
    return new Map(names.map((name, index) => [name, answers[index] ?? NOT_FOUND]));
  };
  const getMany = async (names: readonly string[], isDecrypted: boolean): Promise<Answers> => {
    if (names.length === 1) return getEach(names, isDecrypted);
    const answer = await ask('GetParameters', async (signal) =>
      (await requests()).get(names, { isDecrypted, signal }),
    );
    // One name that is malformed or may not be read makes the call fail for all of them.
    if (answer.kind === 'refused') return getEach(names, isDecrypted);
    if (answer.kind === 'unasked') return new Map(names.map((name) => [name, answer]));
    const found = new Map(answer.value.map((parameter) => [parameter.name, parameter]));
    return new Map(names.map((name) => [name, valueIn(found.get(name), own)]));
  };
  const sealed = gatherNames((names) => getMany(names, false), NAMES_PER_CALL);
  const decrypted = gatherNames((names) => getMany(names, true), NAMES_PER_CALL);
  return {
    parameter: async (name, isDecrypted) => {
      // Answers to ARNs, versions and labels come under other names.
      if (name.includes(':')) return getOne(name, isDecrypted);
      return (await (isDecrypted ? decrypted : sealed)(name)) ?? NOT_FOUND;
    },
    parametersBelow: async ({ isDecrypted, isRecursive, path }) => {
      const below = await allPages<ReadParameter>('GetParametersByPath', (token) =>
        ask('GetParametersByPath', async (signal) => {
          const page = await (await requests()).below(path, { isDecrypted, isRecursive, signal, token });
          return { items: page.parameters, token: page.token };
        }),
      );
      if (below.kind !== 'found') return below;
      const mine = below.value.find((parameter) => isOwn(parameter, own));
      return mine === undefined ? below : refused(mine.name, 'GetParametersByPath');
    },
  };
}

const NOT_FOUND: AwsAnswer<string> = {
  kind: 'refused',
  code: 'ParameterNotFound',
  operation: 'GetParameter',
  message: '',
};

function valueIn(parameter: ReadParameter | undefined, own: string | undefined): AwsAnswer<string> {
  if (parameter === undefined) return NOT_FOUND;
  if (isOwn(parameter, own)) return refused(parameter.name, 'GetParameter');
  return { kind: 'found', value: parameter.value };
}

/** Looks at what came, since one parameter has many names: a path, an ARN, `/aws/reference/secretsmanager/…`. */
function isOwn({ arn, name }: ReadParameter, own: string | undefined): boolean {
  if (own === undefined) return false;
  if (own.startsWith('secret:')) return name.includes(`secretsmanager/${own.slice('secret:'.length)}`);
  return [name, arn].some((text) => text.startsWith(`${own}/`) || text.includes(`:parameter${own}/`));
}

async function openRequests(client: ClientOptions): Promise<ParameterRequests> {
  const { createParameterRequests } = await import('./parameter-requests.ts');
  return createParameterRequests(client);
}
