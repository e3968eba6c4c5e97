/** Which authentication method comes next: the keys in order, then what a password can do. */

import type { AnyAuthMethod } from 'ssh2';
import type { LoginKey } from './ssh-keys.ts';
import type { SshPlan } from './ssh-plan.ts';

type Step = { readonly name: string; readonly method: AnyAuthMethod };

/** The steps of one login. It lives as long as the login, and remembers what was tried. */
export class AuthSequence {
  readonly #plan: SshPlan;
  #steps: readonly Step[];
  /** What the server last said that it would accept. */
  accepted: readonly string[] = [];

  constructor(plan: SshPlan, keys: readonly LoginKey[]) {
    this.#plan = plan;
    this.#steps = plan.methods.flatMap((name) => stepsOf(name, plan, keys));
  }

  /** Leaves out one key, because it was tried already. */
  skipKey(key: LoginKey): void {
    this.#steps = this.#steps.filter((step) => step.method !== key.method);
  }

  /** Leaves out what would send a password. */
  skipPasswords(): void {
    this.#steps = this.#steps.filter((step) => step.name === 'publickey');
  }

  /** The next method that the server accepts (`accepted` is undefined before it said so), or false at the end. */
  next(accepted: readonly string[] | undefined): AnyAuthMethod | false {
    this.accepted = accepted ?? this.accepted;
    const index = this.#steps.findIndex(({ name }) => accepted?.includes(name) ?? true);
    const step = this.#steps[index];
    if (step === undefined) {
      return false;
    }
    this.#steps = this.#steps.filter((other) => other !== step);
    return step.method;
  }

  /** What ssh says when nothing is left. */
  refusal(): string {
    const methods = this.accepted.length > 0 ? this.accepted : this.#plan.methods;
    return `${this.#plan.user}@${this.#plan.address}: Permission denied (${methods.join(',')}).`;
  }
}

function stepsOf(name: string, plan: SshPlan, keys: readonly LoginKey[]): readonly Step[] {
  if (name === 'publickey') {
    return keys.map((key) => ({ name, method: key.method }));
  }
  const password = plan.password;
  if (password === undefined) {
    return [];
  }
  const username = plan.user;
  return name === 'password'
    ? [{ name, method: { type: 'password', username, password: password.reveal() } }]
    : [
        {
          name,
          method: {
            type: 'keyboard-interactive',
            username,
            prompt: (_name, _instructions, _language, prompts, answer) =>
              answer(prompts.map((prompt) => (prompt.echo ? '' : password.reveal()))),
          },
        },
      ];
}
