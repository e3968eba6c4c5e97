/** What raises an alarm: 14 of one kind, so they are a table. They go to the topic of the stage, when it has one. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: osls fills these in, not JavaScript.

const functions = { Controller: '${self:custom.controllerFunction}', Host: '${self:custom.hostFunction}' };

/** Name, CloudWatch's metric, how it is summed up, the value from which on it alarms, and what that means. */
const ofFunctions = [
  ['Errors', 'Errors', 'Sum', 1, 'invocations failed'],
  ['Throttles', 'Throttles', 'Sum', 1, 'invocations were throttled'],
  [
    'Duration',
    'Duration',
    'Maximum',
    '${self:custom.limits.functionDurationAlarmMs}',
    'an invocation was about to be cut off',
  ],
  ['ExecutionsFailed', 'DurableExecutionFailed', 'Sum', 1, 'durable executions failed'],
  ['ExecutionsTimedOut', 'DurableExecutionTimedOut', 'Sum', 1, 'durable executions took too long'],
  [
    'Operations',
    'DurableExecutionOperations',
    'Maximum',
    '${self:custom.limits.durableOperationsAlarm}',
    'a durable execution came near the 3,000 operations that it may have',
  ],
];

const ofTable = [
  ['ReadThrottles', 'ReadThrottleEvents', 'Sum', 1, 'reads were throttled'],
  ['WriteThrottles', 'WriteThrottleEvents', 'Sum', 1, 'writes were throttled'],
];

const ofQueue = [
  [
    'Messages',
    'ApproximateNumberOfMessagesVisible',
    'Maximum',
    1,
    'events started no run, or their run failed or was cut off',
  ],
];

const resources = Object.fromEntries([
  ...Object.entries(functions).flatMap(([name, functionName]) =>
    alarms(name, 'AWS/Lambda', { Name: 'FunctionName', Value: functionName }, ofFunctions),
  ),
  ...alarms('Table', 'AWS/DynamoDB', { Name: 'TableName', Value: { Ref: 'RunTable' } }, ofTable),
  ...alarms(
    'DeadLetter',
    'AWS/SQS',
    { Name: 'QueueName', Value: { 'Fn::GetAtt': ['DeadLetterQueue', 'QueueName'] } },
    ofQueue,
  ),
]);

function alarms(subject, namespace, dimension, rows) {
  return rows.map(([name, metric, statistic, threshold, meaning]) => [
    `${subject}${name}Alarm`,
    {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmDescription: `${subject}: ${meaning}`,
        Namespace: namespace,
        MetricName: metric,
        Dimensions: [dimension],
        Statistic: statistic,
        Period: 300,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: threshold,
        TreatMissingData: 'notBreaching',
        AlarmActions: { 'Fn::If': ['HasAlarmTopic', ['${param:alarmTopic}'], { Ref: 'AWS::NoValue' }] },
      },
    },
  ]);
}

module.exports = { Resources: resources };
