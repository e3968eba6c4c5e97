/** What `sortie doctor` sees of a deployment. */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../../shared/base/clock.ts';
import { probeSecrets, type SeenSecret } from '../../shared/secrets/probe.ts';
import {
  type BucketFacts,
  type Probed,
  probe,
  probeBucket,
  probeTable,
  type TableFacts,
} from '../../shared/store/probe.ts';
import type { CloudSettings } from '../cloud/cloud-settings.ts';
import { type AccountFacts, type FunctionFacts, openLambdaProbe } from './lambda-probe.ts';

export type CloudFacts = {
  readonly settings: CloudSettings;
  readonly account: Probed<AccountFacts>;
  readonly controller: Probed<FunctionFacts>;
  /** Undefined when nobody says what it is called. */
  readonly host: Probed<FunctionFacts> | undefined;
  readonly table: Probed<TableFacts>;
  readonly bucket: Probed<BucketFacts>;
  readonly secrets: Probed<readonly SeenSecret[]> | undefined;
  /** SHA-256 of the packages that this command line would deploy; undefined when they are not built. */
  readonly packages: { readonly controller: string | undefined; readonly host: string | undefined };
};

/** The secrets that are looked for. */
const LOOKED_FOR: readonly string[] = [
  'store-key',
  'ssh-key',
  'ssh-password',
  'become-password',
  'vault-password',
  'index',
];

/** Looks at everything at the same time. */
export async function cloudFacts(
  settings: CloudSettings,
  now: Clock['now'] = systemClock.now,
): Promise<CloudFacts> {
  const { bucket, controllerFunction, hostFunction, parameterPrefix, region, table } = settings;
  const lambda = openLambdaProbe(region, now);
  const [account, controller, host, tableFacts, bucketFacts, secrets] = await Promise.all([
    lambda.account(),
    lambda.functionFacts(controllerFunction),
    hostFunction === undefined ? undefined : lambda.functionFacts(hostFunction),
    probeTable({ name: table, region }),
    probeBucket({ name: bucket, region }),
    parameterPrefix === undefined
      ? undefined
      : probe({ action: 'ssm:GetParameters', resource: `${parameterPrefix}/*` }, () =>
          probeSecrets({ prefix: parameterPrefix, region, names: LOOKED_FOR }),
        ),
  ]);
  lambda.close();
  return {
    settings,
    account,
    controller,
    host,
    table: tableFacts,
    bucket: bucketFacts,
    secrets,
    packages: { controller: packageHash('controller'), host: packageHash('host') },
  };
}

/** Packages lie beside the bundle when installed, in dist/ when run from the sources. */
function packageHash(name: string): string | undefined {
  const here = dirname(fileURLToPath(import.meta.url));
  const file = [join(here, 'functions'), join(here, '..', '..', 'dist', 'functions')]
    .map((directory) => join(directory, `${name}.zip`))
    .find((path) => existsSync(path));
  return file === undefined ? undefined : createHash('sha256').update(readFileSync(file)).digest('base64');
}
