/** Sortie's own deployment in the local cloud: the names, variables and limits that serverless.yml gives it in AWS. */

import path from 'node:path';
import { limits } from '../../shared/base/limits.ts';
import { type FunctionConfig, functionArn } from './function-config.ts';

export type LocalDeployment = {
  readonly table: string;
  readonly bucket: string;
  readonly parameterPrefix: string;
  readonly hostFunction: string;
  readonly controllerFunction: string;
};

const CONTROLLER = 'sortie-local-controller';
const HOST = 'sortie-local-host';

export const localDeployment: LocalDeployment = {
  table: 'sortie-local',
  bucket: 'sortie-local',
  parameterPrefix: '/sortie/local',
  hostFunction: functionArn(HOST, 'durable'),
  controllerFunction: functionArn(CONTROLLER, 'durable'),
};

/** What tells functions, and the command line, where everything is. */
export const deploymentVariables: Readonly<Record<string, string>> = {
  SORTIE_TABLE: localDeployment.table,
  SORTIE_BUCKET: localDeployment.bucket,
  SORTIE_HOST_FUNCTION: localDeployment.hostFunction,
  SORTIE_CONTROLLER_FUNCTION: localDeployment.controllerFunction,
  SORTIE_PARAMETER_PREFIX: localDeployment.parameterPrefix,
};

/** Both functions; `bundles` is the directory that the build writes bundles and packages to. */
export function sortieFunctions(bundles: string): readonly FunctionConfig[] {
  const environment = deploymentVariables;
  const retentionDays = limits.durableHistoryDays;
  return [
    {
      name: CONTROLLER,
      file: path.join(bundles, 'controller.cjs'),
      packageFile: path.join(bundles, 'controller.zip'),
      environment,
      timeoutSeconds: limits.controllerFunctionTimeoutSeconds,
      memoryMb: limits.controllerFunctionMemoryMb,
      durable: { executionTimeoutSeconds: limits.controllerExecutionTimeoutSeconds, retentionDays },
    },
    {
      name: HOST,
      file: path.join(bundles, 'host.cjs'),
      packageFile: path.join(bundles, 'host.zip'),
      environment,
      timeoutSeconds: limits.hostFunctionTimeoutSeconds,
      memoryMb: limits.hostFunctionMemoryMb,
      durable: { executionTimeoutSeconds: limits.hostExecutionTimeoutSeconds, retentionDays },
    },
  ];
}
