/** What a function's environment variables say; none of them is a secret. */

import { FailureError } from '../../shared/base/failure.ts';

export type FunctionSettings = {
  readonly table: string;
  readonly bucket: string;
  /** The host function, as it is invoked. */
  readonly hostFunction: string;
  readonly controllerFunction: string;
  /** Where this deployment's parameters lie, without a slash at the end. */
  readonly parameterPrefix: string;
};

/** Reads the settings; throws FailureError that names all that is missing. */
export function functionSettings(
  environment: Readonly<Record<string, string | undefined>>,
): FunctionSettings {
  const missing: string[] = [];
  const read = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') missing.push(name);
    return value ?? '';
  };
  const settings = {
    table: read('SORTIE_TABLE'),
    bucket: read('SORTIE_BUCKET'),
    hostFunction: read('SORTIE_HOST_FUNCTION'),
    controllerFunction: read('SORTIE_CONTROLLER_FUNCTION'),
    parameterPrefix: read('SORTIE_PARAMETER_PREFIX').replace(/\/+$/, ''),
  };
  if (missing.length === 0) return settings;
  throw new FailureError({
    kind: 'store-failed',
    message: `The function's environment lacks ${missing.join(', ')}: deploy it again with \`sortie deploy\``,
    retryable: false,
  });
}
