/** How clients find the local cloud: by the SDK's own environment variables, and nothing else. */

import type { ServiceName } from './faults.ts';
import { localCredentials, localRegion } from './function-config.ts';

export type Endpoints = Readonly<Record<ServiceName, string>>;

/** In the order of their ports, where these follow each other. */
export const SERVICES: readonly ServiceName[] = ['lambda', 'dynamodb', 's3', 'ssm', 'secretsmanager'];

/** For an IP address the SDK puts the bucket into the path by itself, so S3 needs no special client. */
export function clientEnvironment(endpoints: Endpoints): Readonly<Record<string, string>> {
  return {
    AWS_REGION: localRegion,
    AWS_DEFAULT_REGION: localRegion,
    ...localCredentials,
    AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SSM: endpoints.ssm,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsmanager,
  };
}

/** Where the services are when they listen on ports that follow each other. */
export function endpointsFrom(firstPort: number): Endpoints {
  const url = (service: ServiceName): string => `http://127.0.0.1:${firstPort + SERVICES.indexOf(service)}`;
  return {
    lambda: url('lambda'),
    dynamodb: url('dynamodb'),
    s3: url('s3'),
    ssm: url('ssm'),
    secretsmanager: url('secretsmanager'),
  };
}
