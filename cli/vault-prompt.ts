/** Asks for vault passwords; for a new one twice. */

import { RunAbort } from '../shared/base/abort.ts';
import type { VaultAnswer, VaultPrompt } from '../shared/project/config/vault-secrets.ts';
import type { Ask } from './ask.ts';

/** Asks on the terminal; blanks around what is typed do not count. */
export function vaultPrompt(ask: Pick<Ask, 'secret'>, { isNew }: { readonly isNew: boolean }): VaultPrompt {
  return async (question, id) => {
    const [first = question, second] = isNew ? newQuestions(question) : [question];
    const typed = await answer(first, id, ask);
    if (second === undefined || typed.kind === 'nothing') return typed;
    const again = await answer(second, id, ask);
    if (again.kind === 'nothing' || again.password === typed.password) return again;
    return { kind: 'nothing', why: 'Passwords do not match' };
  };
}

function newQuestions(question: string): readonly string[] {
  const asked = question === 'Vault password: ' ? question : question.replace(/^V/, 'v');
  return asked === question
    ? [`New ${asked}`, `Confirm New ${asked}`]
    : [`New ${asked}`, `Confirm new ${asked}`];
}

async function answer(question: string, id: string, ask: Pick<Ask, 'secret'>): Promise<VaultAnswer> {
  try {
    const typed = (await ask.secret(question)).reveal();
    if (typed === '') return { kind: 'nothing', why: 'Invalid vault password was provided' };
    return { kind: 'typed', password: typed.trim() };
  } catch (error) {
    if (!(error instanceof RunAbort)) throw error;
    return { kind: 'nothing', why: `EOFError (ctrl-d) on prompt for (${id})` };
  }
}
