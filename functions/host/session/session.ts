/** One connection to one host with a booted agent: the port that the executor sees. */

import type { Failure } from '../../../shared/base/failure.ts';
import type { Secret } from '../../../shared/base/secret.ts';
import type { Dict } from '../../../shared/base/value.ts';
import type { BecomeRequest, RunRequest } from '../../../shared/wire/agent-frame.ts';
import type { ModuleBundle } from '../../../shared/wire/module-bundle.ts';

/** How to reach a host; made from inventory variables, configuration and the command line. */
export type ConnectionTarget = {
  readonly kind: 'local' | 'ssh';
  /** The inventory name, for messages. */
  readonly host: string;
  readonly address: string;
  /** 22 counts as not said: `sshArguments` and ssh's configuration may then name another one. */
  readonly port: number;
  /** The name of the user who runs this counts as not said, as above. */
  readonly user: string;
  readonly password: Secret | undefined;
  /** Key files to try, in order; without any, ssh's usual ones and the agent socket. */
  readonly privateKeyFiles: readonly string[];
  readonly privateKeyPassphrase: Secret | undefined;
  /** `yes` counts as not said, as above. */
  readonly hostKeyChecking: 'accept-new' | 'no' | 'yes';
  /** The first is the one that new keys are added to; without any, ssh's usual ones. */
  readonly knownHostsFiles: readonly string[];
  /** `-o Name=value` and the like from ansible_ssh_common_args and ansible_ssh_extra_args, already split into words. */
  readonly sshArguments: readonly string[];
  readonly connectTimeoutMs: number;
  /** The playbook's: where the processes of a local connection start; absent: where this process is. */
  readonly directory?: string;
  /** A path, or `auto` to look for the newest usable python3. */
  readonly python: string;
  /** The agent outlives its connection. Absent: it ends with it. */
  readonly keep?: KeepOptions;
};

/** How an agent is found again, and how long it waits for that. */
export type KeepOptions = {
  /** The same for all who are to find the agent: a digest of what it stands for, of at most 80 characters. */
  readonly name: string;
  /** How long it waits when it remembers no answers. */
  readonly idleSeconds: number;
  /** How long it waits when it does, from the end of the last request on. */
  readonly busySeconds: number;
  /**
   * Awaited before the agent is taken over from whom it serves so far, and before the first request leaves. A FailureError
   * that it throws ends the session and leaves the agent as it is. Gives a number that grows with each holder of the agent:
   * who has a lower one than somebody before cannot have it. Absent: 0.
   */
  readonly admit?: (kept: KeptAgent) => Promise<number>;
};

/** The agent that a session has found. */
export type KeptAgent = {
  /** Random: another one is another agent, which has executed nothing of what this one was sent. */
  readonly agent: string;
  readonly isNew: boolean;
  /** The key of the request that it is executing. */
  readonly inHand: string | undefined;
  /** How many answers it remembers. */
  readonly known: number;
  /** False where agents cannot outlive their connections. */
  readonly isLasting: boolean;
};

/**
 * A request as the executor makes it; the id is the session's business. With a `key`, an agent that is kept executes it
 * once, however often it is sent.
 */
export type SessionRequest = Omit<RunRequest, 'epoch' | 'id' | 'stream' | 't'> & {
  /**
   * The epoch that the executor has taken note of. A failure that has arrived since then, but of which the executor
   * does not know yet, discards the request. Absent: the session's own.
   */
  readonly epoch?: number;
  /** When an earlier run has begun it, in ms since the epoch, where no agent remembers that. */
  readonly begunAtMs?: number;
  readonly content?: Content;
  /** Receives content that the module sends (fetch), in order; the session waits for it before it reads on. */
  readonly onData?: (piece: Uint8Array) => Promise<void>;
};

/** Content for the target: small content travels inside the request, larger is streamed once the agent asks for it. */
export type Content = {
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array>;
};

/** What became of a request. `discarded`: a failure before it kept it from running. */
export type Reply =
  | { readonly kind: 'discarded' }
  /** `lost`: the session ended before the answer came, and the request had left by then or not. */
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly epoch?: number;
      readonly lost?: 'sent' | 'unsent';
    }
  /** `epoch` is the one that holds after this result. */
  | { readonly kind: 'result'; readonly result: Dict; readonly epoch?: number };

export type RawResult = {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
};

export type Session = {
  /** `major.minor.micro` of the agent's Python. */
  readonly python: string;
  readonly executable: string;
  /** Resolves when the session ended, with the reason when it was not closed by us. */
  readonly ended: Promise<Failure | undefined>;
  /**
   * Sends the request at once, in call order, and resolves with what became of it. Never rejects for what the world does.
   * The agent's own modules need no {@link Session.load}: what they need is sent ahead of their first request.
   */
  readonly run: (request: SessionRequest) => Promise<Reply>;
  /** Sends a bundle ahead of the requests that need it; a second time is free. */
  readonly load: (bundle: ModuleBundle) => void;
  /** Stops the request in hand. */
  readonly cancel: () => void;
  /** The agent that was found; undefined where none is kept, and when the session ended before. Never rejects. */
  readonly kept: Promise<KeptAgent | undefined>;
  /** Lets a kept agent drop the answers to the requests with these keys: they are stored. */
  readonly forget: (keys: readonly string[]) => void;
  /** Ends the agent after what was sent to it. */
  readonly close: () => Promise<void>;
  /** Leaves a kept agent running, with what it has in hand; its answers wait for the next session. */
  readonly detach: () => Promise<void>;
};

/** A connection before, or without, an agent: `raw` and hosts without Python. It connects when it is first used. */
export type Connection = {
  /** Runs a command line through the login shell, with its stdin empty. */
  readonly raw: (command: string, become: BecomeRequest | undefined) => Promise<RawResult>;
  /** Boots the agent, once; later calls give the same session. Throws FailureError. */
  readonly session: () => Promise<Session>;
  readonly close: () => Promise<void>;
  /** Closes the connection and leaves a kept agent running. */
  readonly detach: () => Promise<void>;
};
