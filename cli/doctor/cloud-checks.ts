/** What the state of a deployment means for runs in it. */

import { limits } from '../../shared/base/limits.ts';
import { dynamoTable, EXPIRES } from '../../shared/store/dynamo-schema.ts';
import type { Probed, TableFacts } from '../../shared/store/probe.ts';
import type { CloudFacts } from './cloud-facts.ts';
import { type Finding, ok, problem, unlooked, unseen, warning } from './finding.ts';
import { checkFunction } from './function-checks.ts';
import type { AccountFacts } from './lambda-probe.ts';

/** Judges a deployment. When AWS lets nobody in, that is all there is to say. */
export function checkCloud(facts: CloudFacts): readonly Finding[] {
  const { account } = facts;
  if (account.kind === 'unseen' && isShutOut(account.failure.message)) {
    return [problem('aws', account.failure.message, 'the rest of the deployment was not looked at')];
  }
  return [
    ...checkAccount(account),
    ...checkFunction('controller', facts),
    ...checkFunction('host', facts),
    ...checkTable(facts.table),
    ...checkBucket(facts),
    ...checkSecrets(facts),
  ];
}

function isShutOut(message: string): boolean {
  return /credentials|no AWS region|cannot be reached/.test(message);
}

function checkAccount(account: Probed<AccountFacts>): readonly Finding[] {
  if (account.kind === 'unseen') return [unseen('account', account.failure.message)];
  const { value } = account;
  return [ok('account', `AWS answers in ${value.region}`), ...checkClock(value), checkQuota(value)];
}

function checkClock({ clockSkewMs }: AccountFacts): readonly Finding[] {
  if (clockSkewMs === undefined) return [];
  const seconds = Math.round(Math.abs(clockSkewMs) / 1000);
  if (Math.abs(clockSkewMs) <= limits.clockSkewMsMax) {
    return [ok('clock', 'this machine and AWS agree on the time')];
  }
  const side = clockSkewMs > 0 ? 'behind' : 'ahead of';
  const message = `this machine is ${seconds} s ${side} AWS, which refuses what is signed five minutes off`;
  return [warning('clock', message, 'set the clock, for instance with timedatectl set-ntp true')];
}

function checkQuota({ concurrency, unreservedConcurrency: unreserved }: AccountFacts): Finding {
  const message = `${concurrency} functions may run at a time, ${unreserved} of them unreserved`;
  if (unreserved >= limits.cloudForks) return ok('quota', message);
  return warning(
    'quota',
    `${message}; a run works on up to ${limits.cloudForks} hosts at a time`,
    "raise Lambda's quota 'Concurrent executions' in Service Quotas, or run with fewer --forks; until then invocations wait",
  );
}

function checkTable(table: Probed<TableFacts>): readonly Finding[] {
  if (table.kind === 'unseen') return [unseen('table', table.failure.message)];
  const { expiryAttribute, hasRecovery, keys, status } = table.value;
  const wanted = wantedKeys().join(', ');
  if (keys.join(', ') !== wanted) {
    const message = `the table's key is ${keys.join(', ')} and should be ${wanted}`;
    return [problem('table', message, 'this is another table: correct SORTIE_TABLE')];
  }
  if (status !== 'ACTIVE' && status !== 'UPDATING') {
    return [problem('table', `the table is ${status}`, 'wait until it is ACTIVE')];
  }
  return [
    ok('table', 'the table is there, with the right key'),
    checkExpiry(expiryAttribute),
    checkRecovery(hasRecovery),
  ];
}

function wantedKeys(): readonly string[] {
  const { AttributeDefinitions, KeySchema } = dynamoTable('');
  return KeySchema.map(({ AttributeName: name, KeyType: type }) => {
    const definition = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name);
    return `${name} ${type} ${definition?.AttributeType}`;
  });
}

function checkExpiry(attribute: TableFacts['expiryAttribute']): Finding {
  if (attribute.kind === 'unseen') return unlooked('expiry', attribute.failure.message);
  return attribute.value === EXPIRES
    ? ok('expiry', 'old runs expire')
    : warning(
        'expiry',
        attribute.value === undefined
          ? 'old runs never expire'
          : `items expire by ${attribute.value} instead of ${EXPIRES}`,
        `switch time to live on, with the attribute ${EXPIRES}: deploy again with \`sortie deploy\``,
      );
}

function checkRecovery(hasRecovery: TableFacts['hasRecovery']): Finding {
  if (hasRecovery.kind === 'unseen') return unlooked('recovery', hasRecovery.failure.message);
  return hasRecovery.value
    ? ok('recovery', 'the table can be restored to any point in time')
    : warning('recovery', 'point-in-time recovery is off', 'switch it on: deploy again with `sortie deploy`');
}

function checkBucket({ bucket, settings }: CloudFacts): readonly Finding[] {
  if (bucket.kind === 'unseen') return [unseen('bucket', bucket.failure.message)];
  const { isPublicBlocked } = bucket.value;
  if (isPublicBlocked.kind === 'unseen') return [unlooked('bucket', isPublicBlocked.failure.message)];
  return [
    isPublicBlocked.value
      ? ok('bucket', 'the bucket is there, and nothing in it can be made public')
      : problem(
          'bucket',
          'objects of the bucket can be made public',
          `aws s3api put-public-access-block --bucket ${settings.bucket} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`,
        ),
  ];
}

function checkSecrets({
  secrets,
  settings: { parameterPrefix: prefix = '' },
}: CloudFacts): readonly Finding[] {
  if (secrets === undefined) {
    const message = 'nobody says where the secrets lie';
    return [warning('secrets', message, 'set SORTIE_PARAMETER_PREFIX, or deploy again with `sortie deploy`')];
  }
  if (secrets.kind === 'unseen') return [unseen('secrets', secrets.failure.message)];
  const names = secrets.value.map(({ name }) => name);
  const open = secrets.value.filter(({ isEncrypted, name }) => !isEncrypted && name !== 'index');
  return [
    names.includes('store-key')
      ? ok('store key', `${place(prefix, 'store-key')} is there`)
      : problem(
          'store key',
          `there is no ${place(prefix, 'store-key')}`,
          putHint(prefix, 'store-key', `"$(openssl rand -base64 ${limits.storeKeyBytes})"`),
        ),
    checkLogin(prefix, names),
    ...open.map(({ name }) =>
      problem(
        'secrets',
        `${prefix}/${name} is not encrypted`,
        `store it as a SecureString: aws ssm put-parameter --overwrite --type SecureString --name ${prefix}/${name} --value …`,
      ),
    ),
  ];
}

function checkLogin(prefix: string, names: readonly string[]): Finding {
  const found = ['ssh-key', 'ssh-password', 'index'].filter((name) => names.includes(name));
  if (found.length === 0) {
    const message = `there is neither ${place(prefix, 'ssh-key')} nor another way to log in to hosts`;
    return warning('ssh key', message, putHint(prefix, 'ssh-key', 'file://id_ed25519'));
  }
  const calls = limits.parameterCallsPerSecond;
  return ok(
    'ssh key',
    `hosts are logged in to with ${found.join(', ')}`,
    prefix.startsWith('secret:')
      ? undefined
      : `Parameter Store answers ${calls} calls a second, so ${limits.cloudForks} environments that start at once wait up to ` +
          `${Math.ceil(limits.cloudForks / calls)} s; one secret of Secrets Manager has no such limit (docs/cloud/secrets.md)`,
  );
}

function place(prefix: string, name: string): string {
  return prefix.startsWith('secret:') ? `${name} in ${prefix.slice('secret:'.length)}` : `${prefix}/${name}`;
}

function putHint(prefix: string, name: string, value: string): string {
  return prefix.startsWith('secret:')
    ? `add it to the JSON object: aws secretsmanager put-secret-value --secret-id ${prefix.slice('secret:'.length)} …`
    : `aws ssm put-parameter --type SecureString --name ${prefix}/${name} --value ${value}`;
}
