/**
 * Logs in and executes without waiting: four round trips instead of nine.
 *
 * After key exchange a client usually waits for the answer to the service request, to the question whether a key
 * would do, to the signature, to the channel and to the exec. A server works through its input in order, so all of
 * these can be sent in one flight. Two assumptions are checked when the answers come: that the key is accepted, and
 * that the server's first channel is number 0. When the key is refused, the server drops what came behind it, and the
 * login goes on in the documented way.
 */

import type { ExecRequest } from './byte-channel.ts';
import {
  CHANNEL_PACKET_BYTES,
  CHANNEL_WINDOW_BYTES,
  type ChannelOpened,
  type OpenChannel,
  parseOpenChannel,
  type SshInternals,
} from './ssh-internals.ts';
import type { LoginKey } from './ssh-keys.ts';

/** What is sent ahead: always a signed login, and the first exec when there is one. */
export type AheadRequest = {
  readonly user: string;
  readonly key: LoginKey;
  readonly exec: ExecRequest | undefined;
  /** The server refused the key; `accepted` are the methods that it would take. Called at most once. */
  readonly onRefused: (accepted: readonly string[]) => void;
  /** The key could not sign, nothing was sent. */
  readonly onUnsigned: (error: Error) => void;
};

/** The first exec's channel, or undefined when it must be opened in the documented way. */
export type AheadChannel = Promise<OpenChannel | undefined>;

const SERVER_CHANNEL = 0;

/** The signature algorithm of a key, and the hash when it needs one; undefined when it takes a question to know. */
export function signatureAlgorithm(
  key: LoginKey,
  serverSoftware: string,
): { readonly algorithm: string; readonly hash: string | undefined } | undefined {
  if (key.key.type !== 'ssh-rsa') {
    return { algorithm: key.key.type, hash: undefined };
  }
  const [, major, minor] = /^OpenSSH_(\d+)\.(\d+)/.exec(serverSoftware) ?? [];
  // SHA-2 signatures of RSA keys came with OpenSSH 7.2; other servers announce them in a message that comes later.
  const isNew = Number(major ?? 0) * 100 + Number(minor ?? 0) >= 702;
  return isNew ? { algorithm: 'rsa-sha2-256', hash: 'sha256' } : undefined;
}

/** Sends everything in one flight. Call it once, right after key exchange, when the service request is on its way. */
export function sendAhead(
  internals: SshInternals,
  request: AheadRequest,
  signature: { readonly algorithm: string; readonly hash: string | undefined },
): AheadChannel {
  const { promise, resolve } = Promise.withResolvers<OpenChannel | undefined>();
  const giveUp = takeRefusal(internals, request, () => resolve(undefined));
  internals.protocol.authPK(request.user, request.key.key, signature.algorithm, (data, done) => {
    request.key
      .sign(data, signature.hash)
      .then((signed) => {
        done(signed);
        giveUp.channel = request.exec === undefined ? undefined : sendExec(internals, request.exec, resolve);
      })
      .catch((error: unknown) => {
        giveUp.restore();
        resolve(undefined);
        request.onUnsigned(error instanceof Error ? error : new Error(String(error)));
      });
  });
  return promise;
}

type GiveUp = { channel: number | undefined; readonly restore: () => void };

/** Takes the first refusal in place of ssh2, which has not sent the login and would not know what to do. */
function takeRefusal(internals: SshInternals, request: AheadRequest, onRefused: () => void): GiveUp {
  const handlers = internals.protocol._handlers;
  const original = handlers.USERAUTH_FAILURE;
  const giveUp: GiveUp = {
    channel: undefined,
    restore: () => {
      handlers.USERAUTH_FAILURE = original;
    },
  };
  handlers.USERAUTH_FAILURE = (_protocol, accepted) => {
    giveUp.restore();
    if (giveUp.channel !== undefined) {
      internals.channels.remove(giveUp.channel);
    }
    onRefused();
    request.onRefused(accepted);
  };
  return giveUp;
}

function sendExec(
  internals: SshInternals,
  exec: ExecRequest,
  resolve: (channel: OpenChannel | undefined) => void,
): number {
  const { protocol, channels } = internals;
  const opened: ChannelOpened = (error, channel) => {
    const open = parseOpenChannel(channel);
    if (error !== undefined || open === undefined) {
      resolve(undefined);
    } else {
      takeChannel(open, exec.stdin.length, resolve);
    }
  };
  opened.type = 'session';
  const local = channels.add(opened);
  protocol.session(local, CHANNEL_WINDOW_BYTES, CHANNEL_PACKET_BYTES);
  protocol.exec(SERVER_CHANNEL, exec.command, true);
  for (let start = 0; start < exec.stdin.length; start += CHANNEL_PACKET_BYTES) {
    protocol.channelData(
      SERVER_CHANNEL,
      Buffer.from(exec.stdin.subarray(start, start + CHANNEL_PACKET_BYTES)),
    );
  }
  return local;
}

/** Books the bytes that were sent before the channel was there, and waits for the answer to the exec. */
function takeChannel(
  channel: OpenChannel,
  sentBytes: number,
  resolve: (channel: OpenChannel | undefined) => void,
): void {
  if (channel.outgoing.id !== SERVER_CHANNEL) {
    channel.close();
    resolve(undefined);
    return;
  }
  channel.outgoing.window -= sentBytes;
  channel._callbacks.push((hasFailed) => {
    // OpenSSH opens its window with the exec. A window that is still shut here would never wake ssh2 up again.
    if (hasFailed !== false || channel.outgoing.window <= 0) {
      channel.close();
      resolve(undefined);
    } else {
      channel.subtype = 'exec';
      resolve(channel);
    }
  });
}
