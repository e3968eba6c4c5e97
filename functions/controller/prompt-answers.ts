/** What `vars_prompt` sets where nobody is there to type, and what a prompt makes of what was typed. */

import type { Dict, Value } from '../../shared/base/value.ts';
import type { Project } from '../../shared/project/load-project.ts';
import type { Play, VarsPrompt } from '../../shared/project/model.ts';
import type { Environment } from '../../shared/template/environment.ts';
import { hashPassword } from '../../shared/template/filters/password.ts';
import { str } from '../../shared/template/python/repr.ts';
import { asTemplate } from '../../shared/template/python/special.ts';
import { renderValue } from '../../shared/template/render.ts';

type PromptedProject = Pick<Project, 'environment' | 'extraVars'>;

/** The names of the play's variables that only a person could set: no extra variable, and no default. */
export function unansweredPrompts(play: Play, project: PromptedProject): readonly string[] {
  return openPrompts(play, project)
    .filter((prompt) => prompt.default === null)
    .map(({ name }) => name);
}

/** The prompts whose variables the request does not set. */
export function openPrompts(play: Play, { extraVars }: PromptedProject): readonly VarsPrompt[] {
  return play.varsPrompt.filter(({ name }) => !extraVars.has(name));
}

/** The defaults of the play's open prompts, by variable. */
export function defaultAnswers(play: Play, project: PromptedProject): Dict {
  const env = promptEnvironment(play, project);
  const answer = (prompt: VarsPrompt): Value => promptValue(prompt, promptDefault(prompt, env), env);
  return new Map(openPrompts(play, project).map((prompt) => [prompt.name, answer(prompt)]));
}

/** What prompts and their defaults are rendered with. */
export function promptEnvironment(play: Play, project: PromptedProject): Environment {
  return project.environment([play.keywords.vars ?? new Map()]);
}

export function promptDefault(prompt: VarsPrompt, env: Environment): Value {
  return prompt.default === null ? null : renderValue(prompt.default, env);
}

/** The variable's value: hashed when the prompt asks for it, and a template when it may be one. */
export function promptValue(prompt: VarsPrompt, answer: Value, env: Environment): Value {
  const text = str(answer);
  if (prompt.encrypt !== undefined && prompt.encrypt !== '') {
    const { encrypt: scheme, salt, saltSize } = prompt;
    return hashPassword(text, { scheme, salt, saltSize }, env);
  }
  return prompt.isUnsafe ? text : asTemplate(text);
}
