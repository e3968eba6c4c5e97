/** A process on this machine, for `connection: local` and for ssh's ProxyCommand. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { ByteChannel, ChannelExit, ExecRequest } from './byte-channel.ts';

/**
 * Runs a command line with /bin/sh in a process group of its own, so that Ctrl-C reaches a task only through us.
 * The channel's stdin stays open.
 */
export function execLocally(request: ExecRequest, directory: string | undefined): ByteChannel {
  const child = spawnShell(request.command, directory);
  const exit = new Promise<ChannelExit>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: undefined, lost: undefined }));
    child.once('close', (code, signal) =>
      resolve({ code: code ?? undefined, signal: signal ?? undefined, lost: undefined }),
    );
  });
  if (request.stdin.length > 0) {
    child.stdin.write(request.stdin);
  }
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exit,
    kill: () => killGroup(child),
    leave: () => leaveAlone(child),
  };
}

/** The two ends of a command line that speaks for a host, as one stream. */
export function openProxyCommand(command: string): Duplex {
  const child = spawnShell(`exec ${command}`);
  child.stderr.resume();
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.once('close', () => child.kill());
  return stream;
}

function spawnShell(command: string, cwd?: string): ChildProcessWithoutNullStreams {
  const child = spawn('/bin/sh', ['-c', command], { cwd, detached: true, stdio: 'pipe' });
  // A process that ends while we write is seen by its end, not by the failed write.
  child.stdin.on('error', () => {});
  child.on('error', () => {});
  return child;
}

function leaveAlone(child: ChildProcessWithoutNullStreams): void {
  child.unref();
  for (const stream of child.stdio) {
    stream?.destroy();
  }
}

function killGroup(child: ChildProcessWithoutNullStreams): void {
  try {
    process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
