/** Where functions take their secrets from: fetched once per environment, batched, kept in memory for a while. */

import { type Clock, systemClock } from '../base/clock.ts';
import { FailureError } from '../base/failure.ts';
import { limits } from '../base/limits.ts';
import type { Secret } from '../base/secret.ts';
import { parameterStore } from './parameter-store.ts';
import { secretsManager } from './secrets-manager.ts';

/** Secrets by name, relative to the deployment's place. Methods throw FailureError. */
export type SecretSource = {
  /** Those of the names that exist. */
  readonly find: (names: readonly string[]) => Promise<ReadonlyMap<string, Secret>>;
  /** All of them; rejects with `secret-missing`, which names every one that does not exist. */
  readonly read: (names: readonly string[]) => Promise<ReadonlyMap<string, Secret>>;
  /**
   * After a login or a password was refused: has the next reading ask again, since a secret may have been replaced. False
   * when they were fetched just now, so that hosts with wrong passwords cannot flood the service.
   */
  readonly refresh: () => boolean;
};

/** A service, asked in as few calls as it takes. */
export type SecretService = {
  /** Those of the names that exist, and what else has come along. */
  readonly fetch: (names: readonly string[]) => Promise<ReadonlyMap<string, Secret>>;
  /** How somebody would put the secret there. */
  readonly hint: (name: string) => string;
};

export type SecretSourceOptions = {
  /**
   * `/sortie/prod`: parameters of Parameter Store below that path. `secret:sortie/prod/all`: one secret of Secrets Manager, a
   * JSON object of names and texts.
   */
  readonly prefix: string;
  readonly clock?: Clock;
};

/** The secrets of a deployment. Nothing is fetched before it is asked for. */
export function openSecretSource({ clock = systemClock, prefix }: SecretSourceOptions): SecretSource {
  const service = prefix.startsWith('secret:')
    ? secretsManager(prefix.slice('secret:'.length), clock)
    : parameterStore(prefix.replace(/\/+$/, ''), clock);
  return new CachedSecrets(service, clock);
}

/** The same over any service. */
export function cacheSecrets(service: SecretService, clock: Clock): SecretSource {
  return new CachedSecrets(service, clock);
}

type Kept = { readonly secret: Secret | undefined; readonly at: number; readonly generation: number };

/** Lives as long as the function's environment. */
class CachedSecrets implements SecretSource {
  readonly #service: SecretService;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  #fetchedAt = Number.NEGATIVE_INFINITY;
  /** Goes up when what was fetched before must be fetched again. */
  #generation = 0;
  /** Callers queue: whoever asks for the same names at the same time is answered by the first one's call. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(service: SecretService, clock: Clock) {
    this.#service = service;
    this.#clock = clock;
  }

  readonly find: SecretSource['find'] = (names) => {
    const found = this.#last.then(() => this.#find(names));
    this.#last = found.catch(() => {});
    return found;
  };

  readonly read: SecretSource['read'] = async (names) => {
    const found = await this.find(names);
    const missing = names.filter((name) => !found.has(name));
    if (missing.length === 0) return found;
    throw new FailureError({
      kind: 'secret-missing',
      message: [
        `This deployment has no ${missing.join(', ')}. To put ${missing.length === 1 ? 'it' : 'them'} there:`,
        ...missing.map((name) => `  ${this.#service.hint(name)}`),
      ].join('\n'),
      retryable: false,
    });
  };

  readonly refresh: SecretSource['refresh'] = () => {
    if (this.#clock.now() - this.#fetchedAt < limits.secretRefreshMsMin) return false;
    this.#generation++;
    return true;
  };

  async #find(names: readonly string[]): Promise<ReadonlyMap<string, Secret>> {
    const wanted = [...new Set(names)].filter((name) => !this.#isFresh(name));
    if (wanted.length > 0) await this.#fetch(wanted);
    return new Map(
      names.flatMap((name) => {
        const secret = this.#kept.get(name)?.secret;
        return secret === undefined ? [] : [[name, secret] as const];
      }),
    );
  }

  #isFresh(name: string): boolean {
    const kept = this.#kept.get(name);
    if (kept?.generation !== this.#generation) return false;
    return this.#clock.now() - kept.at < limits.secretLifetimeMs;
  }

  async #fetch(names: readonly string[]): Promise<void> {
    try {
      const found = await this.#service.fetch(names);
      const at = this.#clock.now();
      this.#fetchedAt = at;
      // A service that has read more than it was asked for need not be asked again.
      for (const name of new Set([...names, ...found.keys()])) {
        this.#kept.set(name, { secret: found.get(name), at, generation: this.#generation });
      }
    } catch (error) {
      // What was read before is most likely still right, and a run need not end because the service is busy.
      const isRetryable = error instanceof FailureError && error.failure.retryable;
      if (!isRetryable || !names.every((name) => this.#kept.has(name))) throw error;
    }
  }
}
