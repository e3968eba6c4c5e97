/** Where functions are deployed to: a directory for each, with its bundle and nothing else. */

import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { invalidParameter } from './aws-error.ts';
import { awsLimits } from './aws-limits.ts';
import { type FunctionConfig, functionDefaults, LATEST, localRegion } from './function-config.ts';
import type { Deployed } from './lambda-service.ts';

export type Surroundings = {
  /** What every function gets besides its own variables: region, credentials, endpoints. */
  readonly environment: Readonly<Record<string, string>>;
  readonly hidden: readonly string[] | undefined;
  readonly onLog: (functionName: string, text: string) => void;
};

export class FunctionDirectory {
  readonly #root = mkdtempSync(path.join(tmpdir(), 'sortie-functions-'));
  #deployments = 0;

  /** Copies the bundle to a new directory and says how environments of it are started. */
  prepare(config: FunctionConfig, { environment, hidden, onLog }: Surroundings): Deployed {
    check(config);
    const directory = path.join(this.#root, `${config.name}-${this.#deployments++}`);
    const bundleFile = path.basename(config.file);
    mkdirSync(directory);
    copyFileSync(config.file, path.join(directory, bundleFile));
    chmodSync(path.join(directory, bundleFile), 0o444);
    chmodSync(directory, 0o555);
    const prepared = {
      name: config.name,
      timeoutMs: (config.timeoutSeconds ?? functionDefaults.timeoutSeconds) * 1000,
      environment: {
        functionName: config.name,
        directory,
        bundleFile,
        exportName: config.exportName ?? functionDefaults.exportName,
        variables: { ...runtimeVariables(config), ...environment, ...config.environment },
        memoryMb: config.memoryMb ?? functionDefaults.memoryMb,
        hidden,
        onLog: (text: string) => onLog(config.name, text),
      },
    };
    const code = readFileSync(config.packageFile ?? config.file);
    return { config, prepared, codeHash: createHash('sha256').update(code).digest('base64') };
  }

  remove(): void {
    // Nothing can be taken out of a directory that cannot be written to.
    for (const name of readdirSync(this.#root)) chmodSync(path.join(this.#root, name), 0o755);
    rmSync(this.#root, { recursive: true, force: true });
  }
}

function check({ environment = {}, name, timeoutSeconds = 0 }: FunctionConfig): void {
  if (!/^[\w-]{1,64}$/.test(name)) throw invalidParameter(`Not a name for a function: ${name}`);
  if (timeoutSeconds > awsLimits.invocationSecondsMax) {
    throw invalidParameter(`Timeout of ${name} is above ${awsLimits.invocationSecondsMax} seconds.`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(environment));
  if (bytes > awsLimits.environmentBytesMax) {
    throw invalidParameter(`Environment variables of ${name} exceed ${awsLimits.environmentBytesMax} bytes.`);
  }
}

/** What the runtime of a function sets, as AWS documents it under "Defined runtime environment variables". */
function runtimeVariables({ exportName, memoryMb, name }: FunctionConfig): Readonly<Record<string, string>> {
  return {
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: LATEST,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb ?? functionDefaults.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_REGION: localRegion,
    AWS_SESSION_TOKEN: 'local',
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    _HANDLER: `index.${exportName ?? functionDefaults.exportName}`,
  };
}
