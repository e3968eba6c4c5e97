/** Every number that someone could want to change, with its unit and why it is what it is. */

export const limits = {
  /** Largest header of one frame, in bytes: because a peer that sends more is broken, and memory must stay bounded. */
  frameHeaderBytesMax: 67_108_864,
  /** Largest blob of one frame, in bytes: because larger content travels as a stream of blobs. */
  frameBlobBytesMax: 1_048_576,
  /** Content up to this size travels inside its request, in bytes: because below it a question costs more than the bytes. */
  inlineContentBytesMax: 65_536,
  /** Frames are put together up to this size, in bytes: because an SSH packet of OpenSSH holds no more. */
  batchBytesMax: 32_768,
  /** Requests sent to an agent without their results, per host: because an unread queue must not grow with the playbook. */
  requestsInFlightMax: 256,
  /** Time to reach a host and finish key exchange, in ms: because Ansible's `timeout` default is 10 s. */
  connectTimeoutMs: 10_000,
  /** Compressed agent sent at every boot, in bytes: because it should travel in the first flight after the exec. */
  agentBootBytesMax: 16_384,
  /** Time for a login once keys are exchanged, in ms: because sshd's own LoginGraceTime is 120 s. */
  authTimeoutMs: 120_000,
  /** Time for a host to open a channel, in ms: because a host that is logged in to answers within round trips. */
  channelTimeoutMs: 30_000,
  /** Time between two signs of life on a quiet connection, in ms: because firewalls forget connections after minutes. */
  keepaliveIntervalMs: 30_000,
  /** Signs of life without an answer before a host counts as lost: because a host that swaps may be silent for a minute. */
  keepaliveCountMax: 4,
  /** Time for an agent or a connection to end when asked to, in ms: because closing must not hold up a run. */
  closeTimeoutMs: 5_000,
  /** Largest result of one task, in bytes: because the memory of a function is bounded. */
  resultBytesMax: 268_435_456,
  /** What is kept of banners, greetings and stderr, in bytes: because the last lines tell what went wrong. */
  chatterBytesMax: 8_192,
  /** Time for an agent that is found again to answer, in ms: because a module that copies a large file keeps it from it. */
  keptTimeoutMs: 60_000,
  /** How long a session looks for its agent again after its connection was lost, in ms: because reboots take longer. */
  reconnectForMs: 60_000,
  /** First pause before looking again, in ms: because most connections that break can be made again at once. */
  reconnectPauseMsMin: 200,
  /** Longest pause before looking again, in ms: because a host that is away need not be asked more often. */
  reconnectPauseMsMax: 5_000,
  /** Time from exec to the agent's ready marker, in ms: because a slow disk may need seconds to start Python. */
  bootTimeoutMs: 30_000,
  /** Deepest nesting of templates that refer to templates: because Python stops at about the same depth. */
  templateDepthMax: 100,
  /** Statements of a template that may stand in one another: because Python refuses about 100, and compiling takes the square of them. */
  templateNestingMax: 500,
  /** Steps that rendering one value may take: because a loop without end must end in an error, not in a hang. */
  templateStepsMax: 20_000_000,
  /** Steps after which the memory in use is looked at: because what they make in between must fit into what is left. */
  templateStepsPerLook: 100_000,
  /** Steps that clearing memory counts for: because a template that needs it again and again takes too long. */
  templateStepsPerCollection: 500_000,
  /** Part of the memory for objects that may be in use when a template goes on: because one allocation may need the rest. */
  templateHeapPart: 0.55,
  /** Allocations that are not looked at before, in bytes: because looking takes half a microsecond. */
  templateBytesFree: 1_000_000,
  /** Texts of so many characters, lists and dicts of so many items count as large: because looking at the clock takes as long as a small one. */
  templateSizeFree: 4_096,
  /** Characters that are copied or searched in one step: because doing that without end must end as well. */
  templateCharsPerStep: 64,
  /** Items of lists and dicts that are copied or searched in one step. */
  templateItemsPerStep: 16,
  /** Memory that what is made of a text may take for each character, in bytes: because some ways take it apart into a list. */
  templateBytesPerChar: 16,
  /** The same of each item of a list or dict: because a small list or dict may be made of each. */
  templateBytesPerItem: 200,
  /** Longest that one use of a regular expression in a template may take: because some patterns backtrack without end. */
  templateRegexMs: 2_000,
  /** Steps that a millisecond counts for of what cannot be counted, as regular expressions: because all of a render's together must end as well. */
  templateStepsPerMs: 4_000,
  /** Characters, to the power with which a pattern's time grows, up to which no deadline is set: because setting one takes longer. */
  templateRegexFreeWork: 1_000_000,
  /** Names, numbers, operators and pieces of text of a template: because each takes some 100 bytes, and long templates have thousands. */
  templateTokensMax: 2_000_000,
  /** Longest string a template may build, in characters: because memory of a function is bounded. */
  templateStringCharsMax: 67_108_864,
  /** Longest list a template may build, in items: because memory of a function is bounded. */
  templateItemsMax: 10_000_000,
  /** Longest field of a CSV text, in characters: because Python's reader refuses longer ones. */
  csvFieldCharactersMax: 131_072,
  /** How long a resolver may take for one name: because those of systems give up after 5 s on each of their servers. */
  resolverTimeoutMs: 20_000,
  /** Largest int a template may compute, in bits: because `10 ** 10 ** 10` must end in an error, not in a hang. */
  templateIntBitsMax: 1_000_000,
  /** Longest int a template may read, in digits: because reading takes longer with the length. */
  templateIntDigitsMax: 1_000_000,
  /** Rounds of hashing that a template may ask for: because more take longer than anyone waits for a password. */
  passwordRoundsMax: 4_000_000,
  /** Cost of a bcrypt hash that a template may ask for: because each more doubles the time, and 16 take about 5 s. */
  bcryptCostMax: 16,
  /** Characters of the texts of compiled templates kept in memory: because a compiled template takes many times the memory of its text. */
  templateCacheCharsMax: 4_000_000,
  /** Compiled templates kept in memory: because a playbook renders the same few thousand texts for every host. */
  templateCacheEntriesMax: 5_000,
  /** How many `-v` show which handlers were notified: because Ansible shows them from two on. */
  verbosityOfNotifications: 2,
  /** Narrowest terminal that banners are made for, in columns: because Ansible assumes 79 where there is no terminal. */
  bannerColumnsMin: 79,
  /** Fewest stars after a banner's text: because a long name must still look like a banner. */
  bannerStarsMin: 3,
  /** Rounds of PBKDF2 behind a vault password: because the ansible-vault format fixes them. */
  vaultKeyIterations: 10_000,
  /** Random bytes that go into the keys of a vault: because the ansible-vault format has so many. */
  vaultSaltBytes: 32,
  /** Blanks before the lines of an encrypted string: because ansible-vault prints so many. */
  vaultYamlIndent: 10,
  /** Bytes written at once over a file that held a secret: because files may be larger than memory. */
  shredPieceBytes: 1_048_576,
  /** Time for an inventory or vault password script, in ms: because a script that hangs must not hang the run. */
  projectScriptTimeoutMs: 300_000,
  /** Largest output of an inventory or vault password script, in bytes: because memory of a function is bounded. */
  projectScriptBytesMax: 268_435_456,
  /** Time for a machine's Python to say where its ansible-core is, in ms: because it only looks at a few directories. */
  askPythonTimeoutMs: 10_000,
  /** How long writes to the embedded store are collected, in ms: because a transaction each would slow the run down. */
  storeFlushMs: 25,
  /** How long to wait for another process that writes to the embedded store, in ms: because its transactions are short. */
  storeLockTimeoutMs: 10_000,
  /** Events read from a store at a time, in rows: because a long run does not fit into memory twice. */
  storePageRows: 500,
  /** Largest value read back from a store, in bytes: because JavaScript's longest text is about as long. */
  storedValueBytesMax: 536_870_888,
  /** Shortest text that is compressed in the cloud's store, in bytes: because DynamoDB counts whole KiB, and shorter ones stay readable. */
  storeCompressBytesMin: 512,
  /** What of one item's values lies in the table itself, in bytes: because an item may have 400 KiB; larger values go to the bucket. */
  storeItemBytesMax: 294_912,
  /** Records of a run in one item: because it is charged by its size with each record, and by a request for each item. */
  storeRecordsPerItem: 16,
  /** Requests of one call to the cloud's store that are on their way at once: because more gain nothing on one connection pool. */
  storeRequestsAtOnce: 32,
  /** Connections to each part of the cloud's store: because the SDK's 50 make a hundred parallel requests wait for each other. */
  storeSocketsMax: 256,
  /** Tries of one request to the cloud's store: because a table that is getting larger refuses for some ten seconds. */
  storeAttemptsMax: 8,
  /** First wait before a request to the cloud's store is tried again, in ms; doubled each time: because most errors are over at once. */
  storeRetryDelayMs: 100,
  /** The same after a refusal for too many requests: because capacity comes within seconds. */
  storeThrottledDelayMs: 500,
  /** Longest wait between two tries, in ms: because more tries say more than longer waits. */
  storeRetryDelayMaxMs: 20_000,
  /** Time to reach the cloud's store, in ms: because it is next door, and another try reaches another of its machines. */
  storeConnectTimeoutMs: 3_000,
  /** Time for one request to the table, in ms: because it answers within tens, and the next try is cheap. */
  storeTableTimeoutMs: 5_000,
  /** Time for one request to the bucket, in ms: because some values are large and some lines slow. */
  storeObjectTimeoutMs: 300_000,
  /** Time without a byte from the bucket, in ms: because a connection that stalls does not recover. */
  storeObjectIdleMs: 20_000,
  /** Tries to read an object whole: because the SDK tries again only until the first byte. */
  storeObjectReadsMax: 4,
  /** First wait before an object is read again, in ms; doubled each time: because what cut the connection needs a moment. */
  storeObjectReadDelayMs: 200,
  /** Lines of one YAML file that may be indented to suit the parser: because each costs another reading of the file. */
  yamlRepairsMax: 50,
  /** Pieces in which local files are read, in bytes: because larger ones gain nothing and are held once per host. */
  filePieceBytes: 262_144,
  /** Largest local file that is summed while everything else waits, in bytes: because that takes about 20 ms. */
  sumAtOnceBytesMax: 8_388_608,
  /** How far the report may be behind when a task speaks to the terminal itself, in ms: because events are stored first. */
  reportDelayMs: 100,
  /** Files of one copy that are on their way at once: because each may hold 64 KiB of content in memory. */
  filesOnTheWayMax: 64,
  /** Shortest pause of a task that is noted for whoever goes on with it, in ms: because noting costs about as much. */
  notedSleepMsMin: 1_000,
  /** Tasks whose answers an agent is told to forget at a time: because a frame for each would double what is sent. */
  tasksForgottenTogether: 32,
  /** How often a request whose outcome is unknown is sent again when the playbook allows it: because each costs a connection. */
  rerunsMax: 3,
  /** Redirects that a fetched page may lead through: because Python's urllib gives up there. */
  webRedirectsMax: 10,
  /** Largest page that a lookup fetches, in bytes: because memory of a function is bounded. */
  webPageBytesMax: 67_108_864,
  /** Longest invocation of the host function, in s: because Lambda ends every invocation there; longer work is continued. */
  hostFunctionTimeoutSeconds: 900,
  /** Longest invocation of the controller function, in s: because Lambda ends every invocation there. */
  controllerFunctionTimeoutSeconds: 900,
  /** Memory of the host function, in MB: because a batch of 1,000 tasks stays below 128 MB and memory also buys processor time. */
  hostFunctionMemoryMb: 512,
  /** Memory of the controller function, in MB: because it folds the outcomes of thousands of hosts; 1,769 MB is one whole processor. */
  controllerFunctionMemoryMb: 1_024,
  /** Longest durable execution of one host's part of a stage, in s: because a task may take days, and one that hangs must end. */
  hostExecutionTimeoutSeconds: 604_800,
  /** Longest durable execution of a run, in s: because it waits for its hosts, and for people at `pause`, longer than they may take. */
  controllerExecutionTimeoutSeconds: 1_209_600,
  /** How long AWS keeps the history of an ended durable execution, in days: because a run that failed is looked at within two weeks. */
  durableHistoryDays: 14,
  /** How long the functions' logs are kept, in days: because they hold no results, only what explains a failure. */
  functionLogDays: 30,
  /** How long events are kept that started no run, in s: because SQS keeps none longer. */
  deadLetterSeconds: 1_209_600,
  /** How long runs are kept in the cloud, in days: because that covers a quarter, the usual distance of audits. */
  runHistoryDays: 90,
  /** How long a run's objects are kept, in days: because they are older than what names them, by the two weeks that a run may take. */
  runObjectDays: 105,
  /** An invocation this long raises the alarm, in ms: because a function stops waiting 15 s before its end, so it was about to be cut off. */
  functionDurationAlarmMs: 895_000,
  /** Durable operations of one execution that raise the alarm: because AWS ends an execution at 3,000. */
  durableOperationsAlarm: 2_400,
  /** Largest package of a function, zipped, in bytes: because size is what a cold start waits for. */
  functionPackageBytesMax: 614_400,
  /** How long a first connection that breaks is tried again, in ms: because a host that is down should be told so soon. */
  firstMeetingMs: 5_000,
  /** How long a function gives a connection that is being made, in ms: because logins and boots end by then, or fail. */
  connectingMs: 90_000,
  /** Tries of a round whose store fails: because with the time between them they outlast an outage of minutes. */
  roundTriesMax: 12,
  /** Longest time between them, in s: because a store that is back should not be waited for. */
  roundRetrySecondsMax: 60,
  /** Records of stages that an environment keeps: because a run's hosts ask for the same one or two. */
  stagesKept: 16,
  /** How long a host's changes are kept back to be stored together, in ms: because each store write costs money. */
  journalDelayMs: 500,
  /** How often a function asks itself whether to go on waiting, in ms: because the answer is cheap. */
  patienceTickMs: 200,
  /** Other hosts' journals that are read before a template asks for them, at most: because a connection pool serves no more at once. */
  hostsReadAheadMax: 64,
  /** How often a host's function looks whether the run shall stop, in ms: because all of a run's hosts read the same item. */
  stopCheckMs: 5_000,
  /** How long a function waits for a target that says nothing, in ms: because waiting costs, and so does coming back. */
  patienceMs: 10_000,
  /** The same when it has come back and nothing had happened, in ms: because the agent answers within a round trip. */
  patienceAgainMs: 700,
  /** What part of the quiet time so far a function stays away: because then watching costs less than 2 % of a long task. */
  patienceDivisor: 3,
  /** Longest time for which a function stays away, in s: because a result should not lie about for longer. */
  suspendSecondsMax: 300,
  /** Shortest pause for which a function is suspended, in ms: because coming back costs a login. */
  suspendedSleepMsMin: 5_000,
  /** What is left of a function's time when it stops waiting, in ms: because it has to store what it knows. */
  functionMarginMs: 15_000,
  /** How long an agent without work waits for the next invocation, in s: because the next stage begins within seconds. */
  agentIdleSeconds: 60,
  /** How long an agent keeps results that nobody has taken, in s: because a run may stand still for a day. */
  agentBusySeconds: 86_400,
  /** Shortest wait before asking for news of a run in the cloud, in ms: because that is about what feels like at once. */
  pollMsMin: 300,
  /** Longest such wait, in ms: because a run that is quiet for minutes must not be asked a thousand times. */
  pollMsMax: 2_000,
  /** Streams of hosts that are read at the same time: because more do not come faster over one connection pool. */
  feedReadsAtOnce: 64,
  /** What is kept of all hosts' streams ahead of its telling, in events: because memory must not grow with the run. */
  feedEventsMax: 200_000,
  /** The same of each host, at least, in events: because every page read again costs a request. */
  feedEventsPerHostMin: 50,
  /** Hosts that run freely and are asked in one round: because 10,000 must not all be asked for each line of output. */
  feedFreeHostsPerRound: 1_024,
  /** Files of a project that are fetched or stored at the same time: because each waits for one round trip. */
  projectFilesAtOnce: 64,
  /** Files that are pushed at the same time: because each is in memory, and may be large. */
  projectUploadsAtOnce: 16,
  /** Largest project, in bytes: because a function unpacks it on a disk of 512 MB, beside others. */
  projectBytesMax: 209_715_200,
  /** Most files of a project: because each costs a function one request when it starts. */
  projectFilesMax: 20_000,
  /** Largest file that is searched for a private key, in bytes: because keys stand in small files. */
  keySearchBytesMax: 1_048_576,
  /** How long secrets are kept in a function's memory, in ms: because a replaced one should be used within minutes. */
  secretLifetimeMs: 300_000,
  /** Shortest time between two readings after a refused login, in ms: because wrong passwords must not flood the service. */
  secretRefreshMsMin: 30_000,
  /** Longest first wait when the service of secrets is busy, in ms: because a single collision is over at once. */
  secretBackoffMs: 250,
  /** Longest wait between two tries, in ms: because at 40 answers a second those who wait need not ask more often. */
  secretBackoffMsMax: 4_000,
  /** Time to read the secrets, in ms: because 1,000 environments at 40 calls a second are served in less. */
  secretDeadlineMs: 90_000,
  /** Time for one call for secrets, in ms: because the service answers within a second, or not at all. */
  secretRequestTimeoutMs: 5_000,
  /** Time in which a service that a lookup cannot reach is tried again, in ms: because a task waits, and Ansible gives up soon. */
  lookupUnreachedMs: 10_000,
  /** Time for a lookup with all that its keys take, in ms: because a program that gives keys may ask a person, but must not hang the run. */
  lookupDeadlineMs: 300_000,
  /** Pages of a list that a lookup reads: because memory is bounded, and an account has 10,000 parameters in a region. */
  lookupPagesMax: 1_000,
  /** Secrets that a lookup of a path reads at once: because the service takes thousands a second, and one lookup needs few. */
  lookupsAtOnce: 10,
  /** Accounts whose clients are kept for lookups: because playbooks use a few, and clients take memory. */
  lookupAccountsMax: 16,
  /** Time for one look of `sortie doctor`, in ms: because a service that is silent for longer cannot be reached. */
  doctorLookTimeoutMs: 10_000,
  /** Clocks may differ by this much, in ms: because AWS refuses signatures that are five minutes off. */
  clockSkewMsMax: 60_000,
  /** Parameter Store's calls in a second, unless the account has more: because AWS says so. */
  parameterCallsPerSecond: 40,
  /** The key that seals what functions store, in bytes: because AES-256 takes so many. */
  storeKeyBytes: 32,
  /** Hosts that one durable execution invokes: because each may cost 7 operations (itself, and 3 × wait and try again), and an execution has 3,000. */
  hostsPerShard: 400,
  /** Fewest hosts at work of each shard at work: because a shard is replayed for each wave of them, over all its hosts. */
  shardWidthMin: 50,
  /** Hosts of a stage that the run's own execution invokes: because a shard costs a hop, and operations are few. */
  hostsInvokedDirectlyMax: 20,
  /** Such invocations of one execution of a run: because its other operations must last for the run's stages. */
  directInvocationsMax: 1_000,
  /** Hosts of a run in the cloud that are at work at a time: because an account begins with 1,000 functions at a time, and runs share them. */
  cloudForks: 500,
  /** How often an invocation that was throttled is made again: because the service has tried for a while before it says so. */
  throttledInvokesMax: 3,
  /** Longest random wait before that, in s, doubled each time: because throttled invocations must not come back together. */
  throttledWaitSeconds: 30,
  /** Durable operations after which a run goes on in a new execution: because AWS ends one at 3,000, and each replay goes over all of them. */
  runOperationsMax: 1_000,
  /** How often a step of the controller is tried: because a store that fails for half a minute comes back. */
  stepTriesMax: 6,
  /** Longest wait before a step is tried again, in s: because a run should not stand still for longer than the store did. */
  stepRetrySecondsMax: 15,
  /** Largest answer of a function inside the durable history, in bytes: because 400 of them, twice, stay far below 100 MB. */
  answerBytesMax: 4_096,
  /** Blobs that a controller function keeps in memory, in bytes: because each replay reads the answers of all stages again. */
  controllerBlobBytesMax: 67_108_864,
  /** How long a run in the cloud may be silent before its controller is looked after, in ms: because each look is a request. */
  executionCheckMs: 10_000,
  /** Time for a run to end by itself when it is asked to, in ms: because a host may have a task in hand. */
  stopPatienceMs: 30_000,
} as const;
