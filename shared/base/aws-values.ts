/** What lookups ask of Parameter Store and Secrets Manager, and how these answer. */

import type { Secret } from './secret.ts';

/** As whom and where to ask. What is undefined is found as AWS's own tools find it. */
export type AwsAccess = {
  readonly region: string | undefined;
  /** A URL. */
  readonly endpoint: string | undefined;
  readonly profile: string | undefined;
  readonly keys: AwsKeys | undefined;
};

export type AwsKeys = { readonly id: string; readonly secret: Secret; readonly token: Secret | undefined };

/** Why there is no value. */
export type AwsFailure =
  /** The service said no: `ParameterNotFound`, `AccessDeniedException`, … */
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly operation: string;
      readonly message: string;
    }
  /** Nobody was asked, or nobody answered. */
  | { readonly kind: 'unasked'; readonly why: AwsTrouble; readonly message: string };

/** In the words of botocore's exceptions. */
export type AwsTrouble =
  | 'EndpointConnectionError'
  | 'NoCredentialsError'
  | 'NoRegionError'
  | 'ProfileNotFound'
  | 'ReadTimeoutError';

export type AwsAnswer<T> = { readonly kind: 'found'; readonly value: T } | AwsFailure;

export type ParameterQuestion = { readonly name: string; readonly isDecrypted: boolean };

export type PathQuestion = {
  readonly path: string;
  readonly isRecursive: boolean;
  readonly isDecrypted: boolean;
};

export type SecretQuestion = {
  /** A name or an ARN. */
  readonly id: string;
  readonly versionId: string | undefined;
  readonly versionStage: string | undefined;
};

export type NamedValue = { readonly name: string; readonly value: string };

/** Parameters and secrets of an AWS account. Every answer comes within bounded time; nothing rejects. */
export type AwsValues = {
  /** What is asked in the same turn of the event loop goes out together, ten names a call. */
  readonly parameter: (question: ParameterQuestion, access: AwsAccess) => Promise<AwsAnswer<string>>;
  /** All pages, in the order of the service. */
  readonly parametersBelow: (
    question: PathQuestion,
    access: AwsAccess,
  ) => Promise<AwsAnswer<readonly NamedValue[]>>;
  /** Bytes for a secret that was stored as such. */
  readonly secret: (
    question: SecretQuestion,
    access: AwsAccess,
  ) => Promise<AwsAnswer<string | Uint8Array | undefined>>;
  /** The names of all secrets that begin so. */
  readonly secretNames: (start: string, access: AwsAccess) => Promise<AwsAnswer<readonly string[]>>;
};
