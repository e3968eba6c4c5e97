/** `pause`: waits for a time, or for somebody at the terminal. */

import { limits } from '../../../shared/base/limits.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import {
  ArgumentTypeProblem,
  convertArgument,
} from '../../../shared/template/argument-spec/convert-argument.ts';
import { dateOfMilliseconds } from '../../../shared/template/dates/date-format.ts';
import { makeDatetime } from '../../../shared/template/dates/datetime.ts';
import { classText } from '../../../shared/template/filter-error.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { type ActionCall, ActionFailure, type Remote, type RemoteAction } from './action.ts';
import { actionFail } from './action-fail.ts';
import { textArgument } from './arguments.ts';

const ARGUMENTS = ['echo', 'minutes', 'prompt', 'seconds'];

/** Shows the prompt and waits; nothing is sent to the target. */
export const runPause: RemoteAction = (call, remote) => {
  const pause = readArguments(call);
  return { reply: wait(call, remote, pause), isWhole: false };
};

type Pause = {
  /** Undefined: until somebody presses enter. */
  readonly seconds: number | undefined;
  readonly unit: 'minutes' | 'seconds';
  readonly isPrompted: boolean;
  readonly prompt: string;
  readonly echo: boolean;
};

function readArguments({ args, task, env }: ActionCall): Pause {
  const unknown = [...args.keys()].map(str).filter((name) => !ARGUMENTS.includes(name));
  if (unknown.length > 0)
    throw actionFail(
      `Unsupported parameters for (pause) module: ${unknown.sort().join(', ')}. Supported parameters include: ${ARGUMENTS.join(', ')}.`,
    );
  const isGiven = (name: string): boolean => textArgument(args, name) !== undefined;
  if (isGiven('minutes') && isGiven('seconds'))
    throw actionFail('parameters are mutually exclusive: minutes|seconds');
  const echo = echoArgument(args);
  const given = textArgument(args, 'prompt') ?? '';
  const text = given === '' ? 'Press enter to continue, Ctrl+C to interrupt' : given;
  const name = task.name === undefined ? task.action : str(renderValue(task.name, env));
  const seconds = isGiven('minutes')
    ? wholeNumber(args, 'minutes') * 60
    : isGiven('seconds')
      ? wholeNumber(args, 'seconds')
      : undefined;
  return {
    seconds: seconds === undefined ? undefined : Math.max(seconds, 1),
    unit: isGiven('seconds') ? 'seconds' : 'minutes',
    isPrompted: given !== '',
    prompt: `[${name.trim()}]\n${text}${hidden(echo)}:`,
    echo,
  };
}

function wholeNumber(args: Dict, name: string): number {
  const value = args.get(name) ?? null;
  const text = str(value).trim();
  if (typeof value === 'string' && !/^[-+]?\d+$/.test(text))
    throw actionFail(
      `argument '${name}' is of type ${classText(value)} and we were unable to convert to int: invalid literal for int() with base 10: '${value}'`,
    );
  return value === true ? 1 : Math.trunc(Number(text) || 0);
}

function echoArgument(args: Dict): boolean {
  const value = args.get('echo') ?? true;
  try {
    return convertArgument(value, 'bool') === true;
  } catch (error) {
    if (!(error instanceof ArgumentTypeProblem)) throw error;
    throw actionFail(
      `argument 'echo' is of type ${classText(value)} and we were unable to convert to bool: ${error.message}`,
    );
  }
}

function hidden(echo: boolean): string {
  return echo ? '' : ' (output is hidden)';
}

async function wait({ context, env }: ActionCall, remote: Remote, pause: Pause): Promise<Dict> {
  const { terminal } = context.local;
  // The report prints what came before this task a little later than it happens.
  await remote.sleep(limits.reportDelayMs);
  const start = Number(env.memory.once('pause started', env.now));
  const milliseconds = pause.seconds === undefined ? undefined : pause.seconds * 1000;
  const lines = announcement(pause);
  const end = await terminal.wait?.({ lines, echo: pause.echo, milliseconds });
  if (terminal.wait === undefined) {
    for (const line of lines) terminal.show(line);
    if (milliseconds === undefined)
      terminal.warn('Not waiting for response to prompt as stdin is not interactive');
    else await remote.sleep(milliseconds);
  }
  if (end?.kind === 'aborted') throw new ActionFailure('user requested abort!');
  const input = end?.typed ?? '';
  return pauseResult(pause, { start, stop: context.now(), input });
}

function announcement({ echo, isPrompted, prompt, seconds }: Pause): readonly string[] {
  if (seconds === undefined) return [prompt];
  return [
    `Pausing for ${seconds} seconds${hidden(echo)}`,
    "(ctrl+C then 'C' = continue early, ctrl+C then 'A' = abort)\r",
    ...(isPrompted ? [prompt] : []),
  ];
}

type Waited = { readonly start: number; readonly stop: number; readonly input: string };

function pauseResult({ echo, unit }: Pause, { start, stop, input }: Waited): Dict {
  const seconds = (stop - start) / 1000;
  const duration = Math.round((unit === 'minutes' ? seconds / 60 : seconds) * 100) / 100;
  return new Map<Value, Value>([
    ['changed', false],
    ['rc', 0],
    ['stderr', ''],
    ['stdout', `Paused for ${str(convertArgument(String(duration), 'float'))} ${unit}`],
    ['start', dateText(start)],
    ['stop', dateText(stop)],
    ['delta', Math.floor(seconds)],
    ['echo', echo],
    ['user_input', input],
  ]);
}

function dateText(milliseconds: number): string {
  const { offsetMinutes: _zone, ...date } = dateOfMilliseconds(milliseconds, false);
  return str(makeDatetime({ ...date, offsetMinutes: undefined }));
}
