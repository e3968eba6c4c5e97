/** Runs one command line without an agent, as the login user or as another one. */

import { FailureError } from '../../../shared/base/failure.ts';
import { limits } from '../../../shared/base/limits.ts';
import type { BecomeRequest } from '../../../shared/wire/agent-frame.ts';
import { type RawBecome, rawBecome } from './become-command.ts';
import type { ByteChannel, ExecRequest } from './byte-channel.ts';
import type { RawResult } from './session.ts';

export type RawRequest = {
  readonly host: string;
  readonly command: string;
  readonly become: BecomeRequest | undefined;
  /** Makes the marks that tell our own output from the command's. */
  readonly randomText: () => string;
};

/** Executes through `exec` and collects the output; throws FailureError when the host or the other user is out of reach. */
export async function runRaw(
  exec: (request: ExecRequest) => Promise<ByteChannel>,
  request: RawRequest,
): Promise<RawResult> {
  const become =
    request.become === undefined
      ? undefined
      : rawBecome(request.command, request.become, request.randomText());
  const channel = await exec({ command: become?.command ?? request.command, stdin: new Uint8Array(0) });
  const raw = new RawRun(request.host, become);
  return await raw.run(channel);
}

/** One command's run: reads its output, and types the password when it is asked for. */
class RawRun {
  readonly #host: string;
  readonly #become: RawBecome | undefined;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  #bytes = 0;
  #prompts = 0;
  #refusal: FailureError | undefined;

  constructor(host: string, become: RawBecome | undefined) {
    this.#host = host;
    this.#become = become;
  }

  async run(channel: ByteChannel): Promise<RawResult> {
    if (this.#become?.password === undefined) {
      channel.stdin.end();
    }
    await Promise.all([
      this.#collect(channel, channel.stdout, this.#stdout),
      this.#collect(channel, channel.stderr, this.#stderr),
    ]);
    const { code, lost } = await channel.exit;
    if (this.#refusal !== undefined) {
      throw this.#refusal;
    }
    if (lost !== undefined) {
      throw new FailureError({
        ...lost,
        kind: 'outcome-unknown',
        message: `${lost.message}\nThe command had been sent: it is not known whether it was executed.`,
        retryable: false,
        host: this.#host,
      });
    }
    return this.#result(code);
  }

  async #collect(channel: ByteChannel, stream: AsyncIterable<Buffer>, pieces: Buffer[]): Promise<void> {
    for await (const piece of stream) {
      pieces.push(piece);
      this.#bytes += piece.length;
      if (this.#bytes > limits.resultBytesMax) {
        this.#refuse(channel, 'frame-too-big', `The output exceeds ${limits.resultBytesMax} bytes`);
      } else if (this.#become?.password !== undefined) {
        this.#answerPrompt(channel, this.#become.password, pieces);
      }
    }
  }

  #answerPrompt(channel: ByteChannel, password: string, pieces: readonly Buffer[]): void {
    const become = this.#become;
    if (become === undefined || channel.stdin.writableEnded) {
      return;
    }
    const text = Buffer.concat(pieces).toString('utf8');
    if (text.includes(become.successMark)) {
      channel.stdin.end();
      return;
    }
    const prompts = text.match(become.prompt)?.length ?? 0;
    if (prompts > 1) {
      this.#refuse(channel, 'become-refused', `Incorrect ${become.method} password`);
    } else if (prompts > this.#prompts) {
      this.#prompts = prompts;
      channel.stdin.write(`${password}\n`);
    }
  }

  #refuse(channel: ByteChannel, kind: 'become-refused' | 'frame-too-big', message: string): void {
    this.#refusal ??= new FailureError({ kind, message, retryable: false, host: this.#host });
    channel.kill();
  }

  #result(code: number | undefined): RawResult {
    const stdout = Buffer.concat(this.#stdout);
    const stderr = Buffer.concat(this.#stderr);
    // A process that a signal ended has no exit code; ssh's own client reports 255 then.
    const exitCode = code ?? 255;
    const become = this.#become;
    if (become === undefined) {
      return { exitCode, stdout, stderr };
    }
    const mark = `${become.successMark}\n`;
    const start = stdout.indexOf(mark);
    if (start < 0) {
      const said = [stdout, stderr].map((bytes) => bytes.toString('utf8').replace(become.prompt, '').trim());
      throw new FailureError({
        kind: 'become-refused',
        message: refusalMessage(become, said.filter(Boolean).join('\n')),
        retryable: false,
        host: this.#host,
      });
    }
    return { exitCode, stdout: stdout.subarray(start + mark.length), stderr: withoutPrompt(stderr, become) };
  }
}

/** In Ansible's words where it has some. */
function refusalMessage(become: RawBecome, said: string): string {
  if (/password is required|no password was provided/i.test(said)) {
    return `Missing ${become.method} password`;
  }
  if (/incorrect password|authentication failure|try again/i.test(said)) {
    return `Incorrect ${become.method} password`;
  }
  return said === '' ? `${become.method} did not run the command` : said;
}

function withoutPrompt(stderr: Buffer, become: RawBecome): Buffer {
  const text = stderr.toString('latin1');
  const match = text.match(become.prompt)?.[0];
  return match === undefined ? stderr : Buffer.from(text.replace(match, ''), 'latin1');
}
