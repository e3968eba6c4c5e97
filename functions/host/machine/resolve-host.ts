/** Asks this machine's resolver for names and addresses. */

import { lookup, lookupService } from 'node:dns/promises';
import { isIP } from 'node:net';
import { limits } from '../../../shared/base/limits.ts';

/** Whether a name has an address, or an address a name. No answer in time is none. */
export async function isResolvable(host: string): Promise<boolean> {
  const answer = isIP(host) > 0 ? lookupService(host, 0) : lookup(host);
  const found = answer.then(
    () => true,
    () => false,
  );
  const deadline = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => deadline.resolve(false), limits.resolverTimeoutMs);
  try {
    return await Promise.race([found, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}
