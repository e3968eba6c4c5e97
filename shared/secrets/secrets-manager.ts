/** Secrets from one secret of Secrets Manager: a JSON object of names and texts, read whole in one call. */

import type { Clock } from '../base/clock.ts';
import { FailureError } from '../base/failure.ts';
import { Secret } from '../base/secret.ts';
import { askService } from './ask-service.ts';
import type { SecretRequests } from './secret-requests.ts';
import type { SecretService } from './secret-source.ts';

/**
 * The texts of the secret `id`. AWS serves 10,000 of these calls a second, and 40 of Parameter Store's: the choice for
 * deployments where thousands of functions start at once.
 */
export function secretsManager(id: string, clock: Clock, patienceMs?: number): SecretService {
  let opened: Promise<SecretRequests> | undefined;
  const read = async (signal: AbortSignal): Promise<string | undefined> => {
    opened ??= openRequests();
    return (await opened).get(id, signal);
  };
  return {
    fetch: async () => {
      const text = await askService(read, {
        clock,
        place: `the secret ${id}`,
        permission: 'secretsmanager:GetSecretValue',
        ...(patienceMs === undefined ? {} : { patienceMs }),
      });
      return text === undefined ? new Map() : parseTexts(text, id);
    },
    hint: (name) =>
      `aws secretsmanager put-secret-value --secret-id ${id} …, with ${JSON.stringify(name)} in its JSON object`,
  };
}

async function openRequests(): Promise<SecretRequests> {
  const { createSecretRequests } = await import('./secret-requests.ts');
  return createSecretRequests({ maxAttempts: 1 });
}

function parseTexts(text: string, id: string): ReadonlyMap<string, Secret> {
  const entries = Object.entries(parseObject(text, id));
  if (entries.some(([, value]) => typeof value !== 'string')) throw notTexts(id);
  return new Map(entries.map(([name, value]) => [name, new Secret(String(value))]));
}

function parseObject(text: string, id: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The error would show a part of the secret.
    throw notTexts(id);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notTexts(id);
  return value;
}

function notTexts(id: string): FailureError {
  const message = `The secret ${id} is not a JSON object whose values are all texts`;
  return new FailureError({ kind: 'store-failed', message, retryable: false });
}
