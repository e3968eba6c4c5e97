/** AWS's own limits for Lambda and its durable functions; facts of the service that the local cloud imitates, not settings of Sortie. */

export const awsLimits = {
  /** Operations of one durable execution: a hard quota. */
  operationsPerExecutionMax: 3_000,
  /** Data written by one durable execution, in bytes: a hard quota of 100 MB. */
  executionBytesMax: 104_857_600,
  /** Payload of one operation in a checkpoint, in bytes. */
  checkpointPayloadBytesMax: 262_144,
  /** Payload of a synchronous invocation, each way, in bytes. */
  syncPayloadBytesMax: 6_291_456,
  /** Payload of an asynchronous invocation, in bytes. */
  asyncPayloadBytesMax: 1_048_576,
  /** Longest execution that may be started synchronously, in seconds. */
  syncExecutionSecondsMax: 900,
  /** Longest invocation of one function, in seconds. */
  invocationSecondsMax: 900,
  /** Environment variables of a function, all together, in bytes. */
  environmentBytesMax: 4_096,
  /** Further tries of an asynchronous event whose function failed. */
  asyncRetriesMax: 2,
  /** Pauses before these tries, in ms: one minute, then two. */
  asyncRetryDelaysMs: [60_000, 120_000],
  /** Requests to Parameter Store in a second, where the account has not asked for more. */
  parameterRequestsPerSecond: 40,
} as const;
