/** Asks for the `vars_prompt` of a play. */

import {
  openPrompts,
  promptDefault,
  promptEnvironment,
  promptValue,
} from '../functions/controller/prompt-answers.ts';
import type { Dict, Value } from '../shared/base/value.ts';
import type { Project } from '../shared/project/load-project.ts';
import type { Play, VarsPrompt } from '../shared/project/model.ts';
import type { Environment } from '../shared/template/environment.ts';
import { str } from '../shared/template/python/repr.ts';
import { renderValue } from '../shared/template/render.ts';
import type { RunEvent } from '../shared/wire/run-event.ts';
import type { Ask } from './ask.ts';

export type AskPlayVarsDeps = {
  readonly project: Pick<Project, 'environment' | 'extraVars'>;
  readonly ask: Ask;
  readonly emit: (event: RunEvent) => void;
};

/** The answers by variable. What the command line sets is not asked for. */
export async function askPlayVars(play: Play, deps: AskPlayVarsDeps): Promise<Dict> {
  const answers: Dict = new Map();
  const env = promptEnvironment(play, deps.project);
  for (const prompt of openPrompts(play, deps.project)) {
    answers.set(prompt.name, await answerTo(prompt, env, deps));
  }
  return answers;
}

async function answerTo(prompt: VarsPrompt, env: Environment, deps: AskPlayVarsDeps): Promise<Value> {
  const fallback = promptDefault(prompt, env);
  const typed = await typedAnswer(prompt, questionOf(prompt, fallback, env), deps);
  const answer = typed === undefined || typed === '' ? fallback : typed;
  return answer === null ? (typed ?? 'None') : promptValue(prompt, answer, env);
}

function questionOf(prompt: VarsPrompt, fallback: Value, env: Environment): string {
  const text = str(renderValue(prompt.prompt, env));
  if (text === '') return `input for ${prompt.name}: `;
  return fallback === null ? `${text}: ` : `${text} [${str(fallback)}]: `;
}

/** What was typed, twice the same when it has to be confirmed; undefined when nobody is there to type. */
async function typedAnswer(
  prompt: VarsPrompt,
  question: string,
  { ask, emit }: AskPlayVarsDeps,
): Promise<string | undefined> {
  if (!ask.isInteractive) {
    emit({ kind: 'message', level: 'warning', text: 'Not prompting as we are not in interactive mode' });
    return undefined;
  }
  const once = async (text: string): Promise<string> =>
    prompt.isPrivate ? (await ask.secret(text)).reveal() : ask.line(text);
  for (;;) {
    const answer = await once(question);
    if (!prompt.confirm || answer === (await once(`confirm ${question}`))) return answer;
    emit({ kind: 'message', level: 'plain', text: '***** VALUES ENTERED DO NOT MATCH ****' });
  }
}
