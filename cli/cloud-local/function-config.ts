/** A function as it is deployed: its bundle, its limits, its environment variables. */

export type FunctionConfig = {
  readonly name: string;
  /** The CommonJS bundle as deployed; nothing else is in the function's directory. */
  readonly file: string;
  /** The package that would be uploaded: its hash is the code's. Without it, the bundle's own is. */
  readonly packageFile?: string;
  /** The name under which the bundle exports the handler; `handler` by default. */
  readonly exportName?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** AWS's default is 3. */
  readonly timeoutSeconds?: number;
  /** AWS's default is 128. */
  readonly memoryMb?: number;
  /** Present for durable functions. */
  readonly durable?: { readonly executionTimeoutSeconds: number; readonly retentionDays?: number };
};

export const functionDefaults = { exportName: 'handler', timeoutSeconds: 3, memoryMb: 128 } as const;

export const localRegion = 'eu-central-1';
export const localAccount = '000000000000';
/** Credentials that open nothing. */
export const localCredentials: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};

/** The version every function of the local cloud has. */
export const LATEST = '$LATEST';

export function functionArn(name: string, qualifier?: string): string {
  const arn = `arn:aws:lambda:${localRegion}:${localAccount}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/** Name and qualifier of `name`, `name:qualifier` or an ARN with or without a qualifier. */
export function splitFunctionName(text: string): { readonly name: string; readonly qualifier?: string } {
  const plain = text.replace(/^(arn:[^:]*:lambda:[^:]*:)?(\d{12}:)?function:/, '');
  const [name = '', qualifier] = plain.split(':');
  return qualifier === undefined ? { name } : { name, qualifier };
}
