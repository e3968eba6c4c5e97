/**
 * The parts of ssh2 that its documentation does not name, as far as they are used here.
 *
 * ssh2's public API waits for an answer after each step. Sending the steps of a login together needs its protocol
 * object. The version is pinned, and {@link parseSshInternals} checks each part before it is used: when one is not
 * as expected, the caller goes the documented way.
 */

import type { ClientChannel, ParsedKey } from 'ssh2';

/** ssh2's own window and packet size for channels that it opens. */
export const CHANNEL_WINDOW_BYTES = 2_097_152;
export const CHANNEL_PACKET_BYTES = 32_768;

export type SshProtocol = {
  readonly authPK: (user: string, key: ParsedKey, algorithm: string, sign: SignRequest) => void;
  readonly session: (channel: number, windowBytes: number, packetBytes: number) => void;
  readonly exec: (channel: number, command: string, wantsReply: boolean) => void;
  readonly channelData: (channel: number, data: Buffer) => void;
  readonly _handlers: SshHandlers;
};

export type SignRequest = (data: Buffer, done: (signature: Buffer) => void) => void;

export type SshHandlers = {
  USERAUTH_FAILURE: (protocol: unknown, methods: readonly string[], isPartial: boolean) => void;
};

/** Called by ssh2 when the server has answered the request to open a channel. */
export type ChannelOpened = ((error: Error | undefined, channel: unknown) => void) & { type?: string };

export type ChannelManager = {
  readonly add: (opened: ChannelOpened) => number;
  readonly remove: (channel: number) => void;
};

export type SshInternals = {
  readonly protocol: SshProtocol;
  readonly channels: ChannelManager;
  /** The server's software as it names itself, e.g. `OpenSSH_9.2p1`. */
  readonly serverSoftware: string;
};

/** A channel with its flow control, as ssh2 makes it. */
export type OpenChannel = ClientChannel & {
  subtype?: string;
  readonly outgoing: { readonly id: number; window: number };
  readonly _callbacks: ((hasFailed: Error | boolean) => void)[];
};

/** The internals of a client after its key exchange, or undefined when they are not as expected. */
export function parseSshInternals(client: unknown): SshInternals | undefined {
  const { _protocol: protocol, _chanMgr: channels, _remoteVer: software } = parseRecord(client);
  const handlers = parseRecord(parseRecord(protocol)._handlers);
  const isComplete =
    hasMethods(protocol, ['authPK', 'session', 'exec', 'channelData']) &&
    hasMethods(handlers, ['USERAUTH_FAILURE']) &&
    hasMethods(channels, ['add', 'remove']) &&
    typeof software === 'string';
  return isComplete
    ? {
        protocol: protocol as SshProtocol,
        channels: channels as ChannelManager,
        serverSoftware: software,
      }
    : undefined;
}

/** The channel with its internals, or undefined when they are not as expected. */
export function parseOpenChannel(channel: unknown): OpenChannel | undefined {
  const { outgoing, _callbacks: callbacks } = parseRecord(channel);
  const { id, window } = parseRecord(outgoing);
  return typeof id === 'number' && typeof window === 'number' && Array.isArray(callbacks)
    ? (channel as OpenChannel)
    : undefined;
}

function parseRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  const record = parseRecord(value);
  return names.every((name) => typeof record[name] === 'function');
}
