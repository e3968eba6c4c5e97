/** Tells why a call to AWS gave no value, as botocore tells it. */

import type { AwsAccess, AwsFailure, AwsTrouble } from '../base/aws-values.ts';
import { isUnreached } from './ask-patiently.ts';

/** What becomes of an error of AWS's clients. Throws what is none. */
export function awsFailure(error: unknown, operation: string, access: AwsAccess): AwsFailure {
  if (!(error instanceof Error)) throw error;
  const { message, name } = error;
  if ('$fault' in error) return { kind: 'refused', code: name, operation, message };
  if (message === 'Region is missing') return unasked('NoRegionError', 'You must specify a region.');
  if (name === 'CredentialsProviderError') {
    return access.profile === undefined
      ? unasked('NoCredentialsError', 'Unable to locate credentials')
      : noProfile(access.profile);
  }
  const place = JSON.stringify(endpointOf(error, access, operation));
  if (name === 'AbortError' || name === 'TimeoutError')
    return unasked('ReadTimeoutError', `Read timeout on endpoint URL: ${place}`);
  if (isUnreached(error) || 'syscall' in error)
    return unasked('EndpointConnectionError', `Could not connect to the endpoint URL: ${place}`);
  throw error;
}

/** There is no profile of that name, or nothing to sign with in it. */
export function noProfile(name: string): AwsFailure {
  return unasked('ProfileNotFound', `The config profile (${name}) could not be found`);
}

function unasked(why: AwsTrouble, message: string): AwsFailure {
  return { kind: 'unasked', why, message };
}

/** As near to it as the error and the options lead; only the client knows what it asked. */
function endpointOf(error: Error, { endpoint, region = '…' }: AwsAccess, operation: string): string {
  if (endpoint !== undefined) return endpoint.endsWith('/') ? endpoint : `${endpoint}/`;
  if ('hostname' in error) return `https://${String(error.hostname)}/`;
  if ('address' in error && 'port' in error) return `${String(error.address)}:${String(error.port)}`;
  const service = /Secret/.test(operation) ? 'secretsmanager' : 'ssm';
  return `https://${service}.${region}.amazonaws.com/`;
}
