/** Uses each AWS service as the functions do, from a bundle made like theirs; prints what it got as JSON. */

import { systemClock } from '../../shared/base/clock.ts';
import { FailureError } from '../../shared/base/failure.ts';
import { openAwsValues } from '../../shared/secrets/aws-values.ts';
import { openSecretSource } from '../../shared/secrets/secret-source.ts';
import { openDynamoStore } from '../../shared/store/dynamo-store.ts';

async function useServices(): Promise<void> {
  const { BUCKET: bucket = '', TABLE: table = '' } = process.env;
  const store = openDynamoStore({
    bucket,
    table,
    retentionDays: 1,
    now: systemClock.now,
    sleep: systemClock.sleep,
  });
  const hash = await store.putBlob(Buffer.from('bytes'), 'run');
  const parameters = await openSecretSource({ prefix: '/sortie/test' }).find(['one', 'none']);
  const secrets = await openSecretSource({ prefix: 'secret:none' }).find(['one']);
  process.stdout.write(
    JSON.stringify({
      blob: Buffer.from(await store.getBlob(hash, 'run')).toString(),
      missing: await failureKind(store.getBlob('0'.repeat(64), 'run')),
      firstKey: await store.recordHostKey('host', 'first'),
      secondKey: await store.recordHostKey('host', 'second'),
      projects: [await store.findProject('none')],
      runs: await store.listRuns(10),
      parameters: [...parameters].map(([name, secret]) => [name, secret.reveal()]),
      secrets: [...secrets.keys()],
      lookups: await useLookups(),
    }),
  );
  await store.close();
}

async function useLookups(): Promise<readonly unknown[]> {
  const aws = openAwsValues({ clock: systemClock, own: '/sortie/own' });
  const access = { region: undefined, endpoint: undefined, profile: undefined, keys: undefined };
  const found = await Promise.all([
    aws.parameter({ name: '/sortie/test/one', isDecrypted: true }, access),
    aws.parameter({ name: '/sortie/test/none', isDecrypted: true }, access),
    aws.parameter({ name: '/sortie/own/one:1', isDecrypted: true }, access),
    aws.parametersBelow({ path: '/sortie/test', isRecursive: true, isDecrypted: true }, access),
    aws.secret({ id: 'none', versionId: undefined, versionStage: undefined }, access),
  ]);
  return found.map((answer) => (answer.kind === 'refused' ? answer.code : answer));
}

async function failureKind(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error instanceof FailureError ? error.failure.kind : String(error);
  }
}

void useServices();
