/** What went wrong with the cloud's store, in words that say what to do. */

import { FailureError } from '../base/failure.ts';

/** What was asked of what: an IAM action, and a table or bucket by its name. */
export type StoreRequest = { readonly action: string; readonly resource: string };

/** The parts of an SDK's error that say what it is; all of them may be absent. */
type SdkError = Error & {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
};

const THROTTLED =
  /^(LimitExceeded|ProvisionedThroughputExceeded|RequestLimitExceeded|SlowDown|Throttling|TooManyRequests)/;
const DENIED = /^(AccessDenied|Forbidden|403)/;
const MISSING = /^(NoSuchBucket|ResourceNotFound)/;
const EXPIRED = /^(ExpiredToken|RequestExpired|TokenRefreshRequired)/;
const CREDENTIALS =
  /^(CredentialsProviderError|InvalidAccessKeyId|InvalidSignature|InvalidToken|MissingAuthenticationToken|SignatureDoesNotMatch|TokenProviderError|UnrecognizedClient)/;
const CONNECTION =
  /^(TimeoutError|AbortError|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT|EHOSTUNREACH|IncompleteBody)/;

/** The failure for an error that an SDK client raised after its own tries. */
export function storeFailure(error: unknown, request: StoreRequest): FailureError {
  if (error instanceof FailureError) return error;
  if (!(error instanceof Error)) return failure(request, { what: String(error), retryable: false });
  return failure(request, describe(error, request));
}

type Description = { readonly what: string; readonly retryable: boolean; readonly detail?: string };

function describe(error: SdkError, { action, resource }: StoreRequest): Description {
  const names = [error.name, typeof error.code === 'string' ? error.code : ''];
  const is = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  const status = error.$metadata?.httpStatusCode ?? 0;
  const detail = `${error.name}: ${error.message}`;
  const wrong = (what: string): Description => ({ what, retryable: false, detail });
  if (is(MISSING))
    return wrong(
      'it does not exist in this region and account: run `sortie deploy`, or check region and names',
    );
  if (is(EXPIRED)) return wrong('the AWS credentials have expired: sign in again');
  if (is(CREDENTIALS))
    return wrong(`there are no AWS credentials that work (${error.message}): sign in, or set AWS_PROFILE`);
  if (/region is missing/i.test(error.message)) return wrong('no AWS region is set: set AWS_REGION');
  if (is(DENIED) || status === 403) return wrong(denied({ action, resource }));
  const again = (what: string): Description => ({ what, retryable: true, detail });
  if (is(THROTTLED))
    return again('AWS keeps refusing for too many requests: try again in a minute, or raise the quota');
  if (status >= 500) return again(`AWS keeps answering with status ${status}: try again in a minute`);
  if (is(CONNECTION)) return again(`it cannot be reached (${error.message}): check network and endpoint`);
  return wrong(detail);
}

/** Who may not list a bucket is not told what is missing from it. */
function denied({ action, resource }: StoreRequest): string {
  const what = `not allowed: the role or user needs ${action} on ${resource}`;
  return action === 's3:GetObject'
    ? `${what}; or it is not there, and s3:ListBucket is needed to learn that`
    : what;
}

function failure({ action, resource }: StoreRequest, { what, ...rest }: Description): FailureError {
  return new FailureError({
    kind: 'store-failed',
    message: `${action} on ${resource} failed: ${what}`,
    ...rest,
  });
}
