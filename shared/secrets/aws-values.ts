/** Parameters and secrets for lookups, from the accounts that templates name or from this machine's own. */

import type { AwsAccess, AwsFailure, AwsValues } from '../base/aws-values.ts';
import type { Clock } from '../base/clock.ts';
import { limits } from '../base/limits.ts';
import { accountParameters } from './account-parameters.ts';
import { accountSecrets } from './account-secrets.ts';
import { createAsker } from './asker.ts';
import { noProfile } from './aws-trouble.ts';
import { clientOptions } from './client-options.ts';

export type AwsValuesOptions = {
  readonly clock: Clock;
  /**
   * In a function: where the deployment's own secrets lie, as SORTIE_PARAMETER_PREFIX says it. They are for nobody's
   * templates, whatever the function itself may read. There are no profiles there.
   */
  readonly own: string | undefined;
};

type Account = ReturnType<typeof accountParameters> & ReturnType<typeof accountSecrets>;

/** The port over the real services. Clients are made when they are needed, and kept. */
export function openAwsValues({ clock, own }: AwsValuesOptions): AwsValues {
  const kept = new Map<string, Account>();
  const accountOf = (access: AwsAccess): Account => {
    const client = clientOptions(access);
    const key = JSON.stringify(client);
    const options = { ask: createAsker(access, clock), client, own };
    const account = kept.get(key) ?? { ...accountParameters(options), ...accountSecrets(options) };
    kept.delete(key);
    kept.set(key, account);
    for (const old of [...kept.keys()].slice(0, -limits.lookupAccountsMax)) kept.delete(old);
    return account;
  };
  const asked = async <T>(
    access: AwsAccess,
    ask: (account: Account) => Promise<T>,
  ): Promise<T | AwsFailure> =>
    own !== undefined && access.profile !== undefined ? noProfile(access.profile) : ask(accountOf(access));
  return {
    parameter: ({ isDecrypted, name }, access) =>
      asked(access, (account) => account.parameter(name, isDecrypted)),
    parametersBelow: (question, access) => asked(access, (account) => account.parametersBelow(question)),
    secret: (question, access) => asked(access, (account) => account.secret(question)),
    secretNames: (start, access) => asked(access, (account) => account.secretNames(start)),
  };
}
