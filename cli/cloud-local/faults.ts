/** What tests make go wrong in the local cloud. */

export type ServiceName = 'lambda' | 'dynamodb' | 's3' | 'ssm' | 'secretsmanager';

export type RequestInfo = {
  readonly service: ServiceName;
  /** The call's name, as `Invoke` or `PutItem`; for S3 the HTTP method. */
  readonly action: string;
  /** The path of the request. */
  readonly path: string;
};

/** What becomes of a request: refused as one too many, failed, late, or done with its answer lost. */
export type RequestFault =
  | { readonly kind: 'throttle' }
  | { readonly kind: 'fail' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'lose-answer' };

export type DeliveryInfo = {
  /** `event`: an asynchronous invocation; `invocation`: one invocation of a durable execution. */
  readonly kind: 'event' | 'invocation';
  readonly functionName: string;
  /** JSON text. */
  readonly payload: string;
};

/** What becomes of a delivery: made several times at once, late, or not at all. */
export type DeliveryFault =
  | { readonly kind: 'duplicate'; readonly copies: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'drop' };

/** Asked for each request and delivery; undefined lets it pass. */
export type Faults = {
  readonly request?: (request: RequestInfo) => RequestFault | undefined;
  readonly delivery?: (delivery: DeliveryInfo) => DeliveryFault | undefined;
};
