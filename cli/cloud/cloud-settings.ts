/** Where a deployment is found: environment variables, or the file that `sortie deploy` writes. */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FailureError } from '../../shared/base/failure.ts';
import type { CommandDeps } from '../command-deps.ts';
import { storeDirectory } from '../store-directory.ts';

export type CloudSettings = {
  readonly region?: string;
  readonly table: string;
  readonly bucket: string;
  /** The controller function, with its alias. */
  readonly controllerFunction: string;
  readonly hostFunction?: string;
  /** Where secrets lie in Parameter Store, without a slash at the end. */
  readonly parameterPrefix?: string;
};

const FILE = 'cloud.json';

const VARIABLES = {
  table: 'SORTIE_TABLE',
  bucket: 'SORTIE_BUCKET',
  controllerFunction: 'SORTIE_CONTROLLER_FUNCTION',
  hostFunction: 'SORTIE_HOST_FUNCTION',
  parameterPrefix: 'SORTIE_PARAMETER_PREFIX',
} as const;

type Surroundings = Pick<CommandDeps, 'environment' | 'workingDirectory'>;

/** The file with a deployment's names, below the working directory. */
export function cloudFile(deps: Surroundings): string {
  return join(storeDirectory(deps), FILE);
}

/** Reads the settings; variables win over the file. Throws FailureError that says what is missing. */
export function cloudSettings(deps: Surroundings): CloudSettings {
  const file = readCloudFile(cloudFile(deps));
  const value = (key: keyof typeof VARIABLES): string | undefined => {
    const text = deps.environment[VARIABLES[key]];
    return text === undefined || text === '' ? file[key] : text;
  };
  const required = (key: 'bucket' | 'controllerFunction' | 'table'): string => {
    const text = value(key);
    if (text !== undefined) return text;
    throw new FailureError({
      kind: 'store-failed',
      message: `No deployment is known here: ${VARIABLES[key]} is not set, and ${cloudFile(deps)} does not name it. Run \`sortie deploy\` in this directory first`,
      retryable: false,
    });
  };
  const region = deps.environment.AWS_REGION ?? deps.environment.AWS_DEFAULT_REGION ?? file.region;
  const hostFunction = value('hostFunction');
  const parameterPrefix = value('parameterPrefix')?.replace(/\/+$/, '');
  return {
    table: required('table'),
    bucket: required('bucket'),
    controllerFunction: required('controllerFunction'),
    ...(region === undefined ? {} : { region }),
    ...(hostFunction === undefined ? {} : { hostFunction }),
    ...(parameterPrefix === undefined ? {} : { parameterPrefix }),
  };
}

function readCloudFile(path: string): Readonly<Record<string, string | undefined>> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return {};
  return parseCloudFile(readFileSync(path, 'utf8'), path);
}

function parseCloudFile(text: string, path: string): Readonly<Record<string, string | undefined>> {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null)
      return Object.fromEntries(Object.entries(data).filter(([, value]) => typeof value === 'string'));
  } catch {
    // Said below.
  }
  throw new FailureError({
    kind: 'store-failed',
    message: `${path} cannot be read: write it anew with \`sortie deploy\``,
    retryable: false,
  });
}
