/** What must hold for every resource that is deployed; each rule says what is wrong, or nothing. */

import { limits } from '../../shared/base/limits.ts';
import { at, type Json, jsonText, list, record } from './packaging-json.ts';
import type { Resource, Resources } from './packaging-template.ts';

export type Rule = (resources: Resources) => readonly string[];

/** Types that the rules below know how to judge: a resource of another type needs a rule first. */
const KNOWN_TYPES = [
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::Table',
  'AWS::IAM::Role',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
];

const ENVIRONMENT = [
  'SORTIE_BUCKET',
  'SORTIE_CONTROLLER_FUNCTION',
  'SORTIE_HOST_FUNCTION',
  'SORTIE_PARAMETER_PREFIX',
  'SORTIE_TABLE',
];

const numbers = {
  controller: {
    Timeout: limits.controllerFunctionTimeoutSeconds,
    MemorySize: limits.controllerFunctionMemoryMb,
    ExecutionTimeout: limits.controllerExecutionTimeoutSeconds,
  },
  host: {
    Timeout: limits.hostFunctionTimeoutSeconds,
    MemorySize: limits.hostFunctionMemoryMb,
    ExecutionTimeout: limits.hostExecutionTimeoutSeconds,
  },
} as const;

/** All types of resources are judged. */
export const onlyKnownTypes: Rule = (resources) =>
  each(resources, undefined, (name, { Type }) =>
    KNOWN_TYPES.includes(Type) ? [] : [`${name} is a ${Type}`],
  );

/** Table: encrypted, recoverable, forgets by itself, and outlives the stack. */
export const tableIsSafe: Rule = (resources) =>
  each(resources, 'AWS::DynamoDB::Table', (name, { Properties, DeletionPolicy, UpdateReplacePolicy }) => [
    ...branches(Properties.SSESpecification).flatMap((sse) =>
      unless(at(sse, 'SSEEnabled') === true, `${name} is not encrypted`),
    ),
    ...unless(
      at(Properties, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true,
      `${name} cannot be recovered`,
    ),
    ...unless(
      at(Properties, 'TimeToLiveSpecification', 'Enabled') === true &&
        at(Properties, 'TimeToLiveSpecification', 'AttributeName') === 'expires',
      `${name} never forgets`,
    ),
    ...unless(
      jsonText(Properties.DeletionProtectionEnabled) === '{"Fn::If":["IsProtected",true,false]}',
      `${name} can be deleted`,
    ),
    ...unless(DeletionPolicy === 'Retain' && UpdateReplacePolicy === 'Retain', `${name} goes with the stack`),
  ]);

/** Buckets: encrypted, closed to the public, and only over TLS. */
export const bucketsAreSafe: Rule = (resources) =>
  each(resources, 'AWS::S3::Bucket', (name, { Properties }) => [
    ...unless(isEncryptedBucket(Properties), `${name} is not encrypted`),
    ...['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].flatMap(
      (block) =>
        unless(at(Properties, 'PublicAccessBlockConfiguration', block) === true, `${name} lacks ${block}`),
    ),
    ...unless(name !== 'RunBucket' || forgetsRuns(Properties), `${name} keeps runs for ever`),
    ...unless(refusesPlainText(resources, 'AWS::S3::BucketPolicy', name), `${name} may be read without TLS`),
  ]);

function isEncryptedBucket(properties: Json): boolean {
  const rules = list(at(properties, 'BucketEncryption', 'ServerSideEncryptionConfiguration'));
  const algorithms = rules
    .flatMap(branches)
    .map((rule) => at(rule, 'ServerSideEncryptionByDefault', 'SSEAlgorithm'));
  return (
    algorithms.length > 0 &&
    algorithms.every((algorithm) => algorithm === 'AES256' || algorithm === 'aws:kms')
  );
}

function forgetsRuns(properties: Json): boolean {
  return list(at(properties, 'LifecycleConfiguration', 'Rules')).some(
    (rule) => at(rule, 'Prefix') === 'runs/' && at(rule, 'ExpirationInDays') === limits.runObjectDays,
  );
}

/** Queues: encrypted with a key of one kind or the other, and only over TLS. */
export const queuesAreSafe: Rule = (resources) =>
  each(resources, 'AWS::SQS::Queue', (name, { Properties }) => [
    ...unless(
      jsonText(Properties.SqsManagedSseEnabled) === '{"Fn::If":["HasKey",{"Ref":"AWS::NoValue"},true]}' &&
        jsonText(at(Properties, 'KmsMasterKeyId', 'Fn::If', '0')) === '"HasKey"',
      `${name} is not encrypted`,
    ),
    ...unless(
      Properties.MessageRetentionPeriod === limits.deadLetterSeconds,
      `${name} keeps for another time`,
    ),
    ...unless(refusesPlainText(resources, 'AWS::SQS::QueuePolicy', name), `${name} may be read without TLS`),
  ]);

/** Nothing is allowed by a policy of a bucket or a queue: who may use it, the roles say. */
function refusesPlainText(resources: Resources, type: string, name: string): boolean {
  const policies = Object.values(resources).filter(
    (resource) => resource.Type === type && jsonText(resource.Properties).includes(`{"Ref":"${name}"}`),
  );
  const statements = policies.flatMap(({ Properties }) =>
    list(at(Properties, 'PolicyDocument', 'Statement')),
  );
  const isDenial = (statement: Json) =>
    at(statement, 'Effect') === 'Deny' &&
    at(statement, 'Principal') === '*' &&
    String(at(statement, 'Condition', 'Bool', 'aws:SecureTransport')) === 'false';
  return statements.length > 0 && statements.every(isDenial);
}

/** Every function has a log group of its name, kept for as long as limits.ts says. */
export const logsAreKept: Rule = (resources) =>
  each(resources, 'AWS::Lambda::Function', (name, { Properties }) => {
    const own = `/aws/lambda/${String(Properties.FunctionName)}`;
    const logs = Object.values(resources).filter((resource) => resource.Properties.LogGroupName === own);
    return unless(
      logs.length === 1 && logs.every((log) => log.Properties.RetentionInDays === limits.functionLogDays),
      `${name} has no log group with a retention`,
    );
  });

/** Functions: durable, with the numbers of limits.ts, reached by an alias, and with nothing secret around them. */
export const functionsAreAsDesigned: Rule = (resources) =>
  each(resources, 'AWS::Lambda::Function', (name, { Properties }) => {
    const expected = numbers[name === 'HostLambdaFunction' ? 'host' : 'controller'];
    return [
      ...unless(Properties.Timeout === expected.Timeout, `${name} has another time-out`),
      ...unless(Properties.MemorySize === expected.MemorySize, `${name} has other memory`),
      ...unless(
        at(Properties, 'DurableConfig', 'ExecutionTimeout') === expected.ExecutionTimeout &&
          at(Properties, 'DurableConfig', 'RetentionPeriodInDays') === limits.durableHistoryDays,
        `${name} is not durable as limits.ts says`,
      ),
      ...unless(Properties.Runtime === 'nodejs24.x', `${name} has another runtime`),
      ...unless(jsonText(Properties.Architectures) === '["arm64"]', `${name} is of another architecture`),
      ...unless(Properties.RecursiveLoop === 'Terminate', `${name} may call itself for ever`),
      ...unless(hasAlias(resources, name), `${name} has no alias for a version`),
      ...environmentProblems(name, record(at(Properties, 'Environment', 'Variables'))),
    ];
  });

function hasAlias(resources: Resources, name: string): boolean {
  return Object.values(resources).some(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::Alias' &&
      Properties.Name === 'durable' &&
      at(Properties, 'FunctionName', 'Ref') === name &&
      jsonText(Properties.FunctionVersion).includes('LambdaVersion'),
  );
}

function environmentProblems(name: string, variables: Readonly<Record<string, unknown>>): readonly string[] {
  const names = Object.keys(variables).sort();
  const expected = name === 'HostLambdaFunction' ? [...ENVIRONMENT, 'SORTIE_HOST_KEYS'].sort() : ENVIRONMENT;
  const functions = ['SORTIE_HOST_FUNCTION', 'SORTIE_CONTROLLER_FUNCTION'];
  return [
    ...unless(names.join() === expected.join(), `${name} has the variables ${names.join(', ')}`),
    ...functions.flatMap((variable) =>
      unless(jsonText(variables[variable]).endsWith(':durable"}'), `${name}: ${variable} names no alias`),
    ),
  ];
}

/** Each function assumes a role of its own, and only Lambda, for this account, assumes it. */
export const rolesAreOwn: Rule = (resources) => {
  const functions = Object.values(resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const used = functions.map(({ Properties }) => String(at(Properties, 'Role', 'Fn::GetAtt', '0')));
  return [
    ...unless(new Set(used).size === functions.length, 'functions share a role'),
    ...each(resources, 'AWS::IAM::Role', (name, { Properties }) => [
      ...unless(used.includes(name), `${name} is assumed by no function`),
      ...unless(Properties.ManagedPolicyArns === undefined, `${name} has a policy that AWS may widen`),
      ...list(at(Properties, 'AssumeRolePolicyDocument', 'Statement')).flatMap((statement) =>
        unless(
          jsonText(at(statement, 'Principal')) === '{"Service":"lambda.amazonaws.com"}' &&
            jsonText(at(statement, 'Condition')) ===
              '{"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}}',
          `${name} may be assumed by others`,
        ),
      ),
    ]),
  ];
};

/** No action with a wildcard, no resource without a name; in a VPC, EC2 leaves no choice, and the code is refused. */
export const rolesAreNarrow: Rule = (resources) =>
  each(resources, 'AWS::IAM::Role', (name, { Properties }) =>
    statementsOf(Properties).flatMap(({ policy, statement }) => {
      if (at(statement, 'Effect') !== 'Allow') return [];
      const sid = `${name} ${String(at(statement, 'Sid'))}`;
      const actions = list(at(statement, 'Action')).map(String);
      const targets = targetsOf(statement);
      return [
        ...unless(actions.length > 0 && targets.length > 0, `${sid} is not a list`),
        ...actions.flatMap((action) =>
          unless(/^[a-z0-9]+:[A-Za-z]+$/.test(action), `${sid} allows ${action}`),
        ),
        ...targets.flatMap((target) =>
          unless(isNamed(target) || isNetworkPolicy(policy, actions), `${sid} reaches ${jsonText(target)}`),
        ),
      ];
    }),
  );

/** Lists that a stage names are split by CloudFormation; without any, there is no such policy. */
function targetsOf(statement: Json): readonly Json[] {
  const split = at(statement, 'Resource', 'Fn::Split', '1');
  return split === undefined ? list(at(statement, 'Resource')) : String(split).split(',');
}

/** The wildcard may only stand behind a name of this deployment, never for a service, a region or an account. */
function isNamed(target: Json): boolean {
  const text = jsonText(target);
  const named = [
    /^\{"Fn::GetAtt":\["(RunTable|DeadLetterQueue)","Arn"\]\}$/,
    /^\{"Fn::Sub":"\$\{RunBucket\.Arn\}\/(projects|runs)\/\*"\}$/,
    /^\{"Fn::Sub":"arn:\$\{AWS::Partition\}:[a-z]+:\$\{AWS::Region\}:\$\{AWS::AccountId\}:[a-z-]+[:/][^*]*sortie[-/]prod[^*]*(:\*|\/\*|:\*\/durable-execution\/\*|-\?{6})?"\}$/,
    // Without a key of its own, the stage has no policy for one either.
    // The name of no secret, on the side of the condition that is not taken.
    /^\{"Fn::Sub":"arn:[^*]*:secret:-\?{6}"\}$/,
    /^"(arn:aws:kms:[a-z0-9-]+:\d+:key\/[a-z0-9-]+)?"$/,
    // What a stage lets playbooks look up.
    /^"arn:aws:(ssm:[a-z0-9-]+:\d+:parameter\/|secretsmanager:[a-z0-9-]+:\d+:secret:)[\w/-]+\*?"$/,
  ];
  return named.some((pattern) => pattern.test(text));
}

function isNetworkPolicy(policy: Json, actions: readonly string[]): boolean {
  const [allowed, refused] = list(at(policy, 'PolicyDocument', 'Statement'));
  return (
    actions.every((action) => action.startsWith('ec2:')) &&
    at(refused, 'Effect') === 'Deny' &&
    jsonText(at(refused, 'Action')) === jsonText(at(allowed, 'Action')) &&
    jsonText(at(refused, 'Condition')).includes('lambda:SourceFunctionArn')
  );
}

/** Only people write projects, and a host function starts nothing. */
export const dutiesAreApart: Rule = (resources) =>
  each(resources, 'AWS::IAM::Role', (name, { Properties }) =>
    statementsOf(Properties).flatMap(({ statement }) => {
      const actions = jsonText(at(statement, 'Action'));
      const targets = jsonText(at(statement, 'Resource'));
      const invoked = list(at(statement, 'Resource')).map((target) => String(at(target, 'Fn::Sub')));
      return [
        ...unless(
          !(actions.includes('PutObject') && targets.includes('/projects/')),
          `${name} writes projects`,
        ),
        ...unless(!(actions.includes('InvokeFunction') && name === 'HostRole'), `${name} invokes`),
        ...unless(
          !actions.includes('InvokeFunction') ||
            invoked.every((arn) => /:function:sortie-prod-(host|controller):durable$/.test(arn)),
          `${name} invokes something else`,
        ),
      ];
    }),
  );

/** Errors, throttles and near time-outs of both functions, throttles of the table, and dead letters raise an alarm. */
export const alarmsAreSet: Rule = (resources) => {
  const alarms = Object.values(resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  const heard = alarms.map(
    ({ Properties }) =>
      `${String(Properties.MetricName)} ${jsonText(at(Properties, 'Dimensions', '0', 'Value'))}`,
  );
  const ofFunctions = [
    'Errors',
    'Throttles',
    'Duration',
    'DurableExecutionFailed',
    'DurableExecutionTimedOut',
  ];
  const wanted = [
    ...ofFunctions.flatMap((metric) => [
      `${metric} "sortie-prod-controller"`,
      `${metric} "sortie-prod-host"`,
    ]),
    ...['ReadThrottleEvents', 'WriteThrottleEvents'].map((metric) => `${metric} {"Ref":"RunTable"}`),
    'ApproximateNumberOfMessagesVisible {"Fn::GetAtt":["DeadLetterQueue","QueueName"]}',
  ];
  return [
    ...wanted.filter((alarm) => !heard.includes(alarm)).map((alarm) => `nothing is heard of ${alarm}`),
    ...alarms.flatMap(({ Properties }) =>
      unless(
        at(Properties, 'AlarmActions', 'Fn::If', '0') === 'HasAlarmTopic' &&
          (Properties.MetricName !== 'Duration' || Properties.Threshold === limits.functionDurationAlarmMs),
        `the alarm for ${String(Properties.MetricName)} is another`,
      ),
    ),
  ];
};

/** All statements of a role, those included that a condition switches on. */
export function statementsOf(
  properties: Json,
): readonly { readonly policy: Json; readonly statement: Json }[] {
  return list(at(properties, 'Policies'))
    .flatMap(branches)
    .flatMap((policy) =>
      list(at(policy, 'PolicyDocument', 'Statement'))
        .flatMap(branches)
        .map((statement) => ({ policy, statement })),
    );
}

/** Both ways of a condition, without the one that stands for nothing. */
function branches(value: Json): readonly Json[] {
  const either = at(value, 'Fn::If');
  const ways = either === undefined ? [value] : list(either).slice(1);
  return ways.filter((way) => at(way, 'Ref') !== 'AWS::NoValue');
}

function each(
  resources: Resources,
  type: string | undefined,
  judge: (name: string, resource: Resource) => readonly string[],
): readonly string[] {
  return Object.entries(resources).flatMap(([name, resource]) =>
    type === undefined || resource.Type === type ? judge(name, resource) : [],
  );
}

function unless(holds: boolean, problem: string): readonly string[] {
  return holds ? [] : [problem];
}
