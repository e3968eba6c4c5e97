/** How the process at the other end of a channel ended, as far as anybody can tell. */

import { limits } from '../../../shared/base/limits.ts';
import type { ByteChannel, ChannelExit } from './byte-channel.ts';
import { settlesWithin } from './deadline.ts';

/** Nobody knows how the process ended, or whether it did. */
export const UNKNOWN_EXIT: ChannelExit = { code: undefined, signal: undefined, lost: undefined };

/** Waits for the end of a process whose output has ended, and does not let it live on. */
export async function endChannel(channel: ByteChannel): Promise<ChannelExit> {
  if (!(await settlesWithin(channel.exit, limits.closeTimeoutMs))) {
    channel.kill();
  }
  return await exitWithin(channel);
}

/** Ends a process at once: what it says makes no sense. */
export async function breakChannel(channel: ByteChannel): Promise<ChannelExit> {
  channel.kill();
  return await exitWithin(channel);
}

/** Waits for the end of a process that may as well go on without this channel. */
export async function leaveChannel(channel: ByteChannel): Promise<ChannelExit> {
  const exit = await exitWithin(channel);
  channel.leave();
  return exit;
}

async function exitWithin(channel: ByteChannel): Promise<ChannelExit> {
  return (await settlesWithin(channel.exit, limits.closeTimeoutMs)) ? await channel.exit : UNKNOWN_EXIT;
}
