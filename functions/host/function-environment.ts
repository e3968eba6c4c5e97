/** What a host function's environment keeps between invocations: clients, secrets, records of stages. */

import { createHmac } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../shared/base/clock.ts';
import { limits } from '../../shared/base/limits.ts';
import { type CloudSecrets, loadCloudSecrets, renewIdentities } from '../../shared/secrets/cloud-secrets.ts';
import { openSecretSource, type SecretSource } from '../../shared/secrets/secret-source.ts';
import { openDynamoStore } from '../../shared/store/dynamo-store.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import { createSealer, type Sealer } from '../../shared/store/seal.ts';
import {
  packAnswers,
  readStageHosts,
  readStageWork,
  type StageBlobDeps,
} from '../../shared/store/stage-blobs.ts';
import { specialForms } from '../../shared/template/special-json.ts';
import type { StageAnswer, StageHosts, StageWork } from '../../shared/wire/stage.ts';
import type { CloudProjectDeps } from './cloud-project.ts';
import { embeddedAgent } from './embedded-agent.ts';
import { functionSettings } from './function-settings.ts';
import { openLocalConnection } from './local-session.ts';
import { openConnection } from './session/connection.ts';
import { fleetHostKeys, hostKeyPolicy } from './session/fleet-host-keys.ts';
import type { Connection, ConnectionTarget } from './session/session.ts';

export type FunctionEnvironment = {
  readonly clock: Clock;
  readonly store: RunStore;
  readonly sealer: Sealer;
  readonly secrets: CloudSecrets;
  readonly projects: CloudProjectDeps;
  readonly readStage: (hash: string) => Promise<StageWork>;
  readonly readStageHosts: (hash: string) => Promise<StageHosts>;
  readonly pack: (answer: StageAnswer) => Promise<string>;
  readonly connect: (target: ConnectionTarget, options: ConnectOptions) => Connection;
  /** Names the agent that serves `what`: the same for all who know the store key, and for nobody else. */
  readonly agentName: (what: string) => string;
};

export type ConnectOptions = {
  readonly warn: (text: string) => void;
  /** What tasks on the function's own machine see of an environment. */
  readonly environment: Variables;
};

type Variables = Readonly<Record<string, string | undefined>>;

let opened: Promise<Kept> | undefined;

/** What does not change as long as the environment lives. */
type Kept = { readonly clock: Clock; readonly store: RunStore; readonly source: SecretSource };

/** The environment, opened with the first invocation; secrets are read again when they have become old. */
export async function functionEnvironment(variables: Variables): Promise<FunctionEnvironment> {
  opened ??= Promise.resolve().then(() => open(variables));
  const kept = await opened;
  return equip(kept, await loadCloudSecrets(kept.source), variables);
}

function open(variables: Variables): Kept {
  const { bucket, parameterPrefix, table } = functionSettings(variables);
  const clock = systemClock;
  const source = openSecretSource({ prefix: parameterPrefix, clock });
  const { now, sleep } = clock;
  const store = openDynamoStore({
    table,
    bucket,
    now,
    sleep,
    retentionDays: limits.runHistoryDays,
    sealer: async () => createSealer((await loadCloudSecrets(source)).storeKey, clock.randomBytes),
  });
  return { clock, source, store };
}

function equip(
  { clock, source, store }: Kept,
  secrets: CloudSecrets,
  variables: Variables,
): FunctionEnvironment {
  const sealer = createSealer(secrets.storeKey, clock.randomBytes);
  const blobs: StageBlobDeps = { store, sealer, forms: specialForms };
  const agent = embeddedAgent();
  const policy = hostKeyPolicy(variables.SORTIE_HOST_KEYS) ?? 'strict';
  return {
    clock,
    store,
    sealer,
    secrets,
    projects: {
      store,
      vaultSecrets: secrets.vaultSecrets,
      agent,
      clock,
      directory: join(tmpdir(), 'sortie'),
      ownSecrets: functionSettings(variables).parameterPrefix,
    },
    readStage: (hash) => remembered(stages, hash, () => readStageWork(hash, blobs)),
    readStageHosts: (hash) => remembered(stageHosts, hash, () => readStageHosts(hash, blobs)),
    pack: (answer) => packAnswers([answer], blobs),
    connect: (target, { environment, warn }) => {
      if (target.kind === 'local') return openLocalConnection(target, { environment, clock });
      return openConnection(target, {
        agent,
        environment: {
          home: join(tmpdir(), 'sortie', 'home'),
          user: '',
          authSocket: undefined,
          identities: secrets.identities,
          renewIdentities: () => renewIdentities(source, secrets.identities),
          hostKeys: fleetHostKeys(store, policy),
        },
        warn,
        randomBytes: clock.randomBytes,
      });
    },
    agentName: (what) =>
      createHmac('sha256', secrets.storeKey.reveal()).update(`agent ${what}`).digest('hex').slice(0, 32),
  };
}

const stages = new Map<string, Promise<StageWork>>();
const stageHosts = new Map<string, Promise<StageHosts>>();

/** What was read once, as long as it is among the newest. */
function remembered<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? read();
  known.delete(key);
  known.set(key, found);
  for (const old of [...known.keys()].slice(0, -limits.stagesKept)) known.delete(old);
  found.catch(() => known.delete(key));
  return found;
}
