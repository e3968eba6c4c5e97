/** What is kept to a few places: secrets in the open, the environment, the terminal, the clock, casts. */

import { expect, test } from 'vitest';
import { productSources, type Source, sources } from './sources.ts';

/** Who may open a secret: where its bytes are written or compared. */
const REVEALERS: readonly string[] = [
  // What was typed becomes a variable, a setting or a vault's key.
  'cli/ask-play-vars.ts',
  'cli/passwords.ts',
  'cli/vault-prompt.ts',
  'cli/vault-strings.ts',
  // Passwords and keys on their way to the host.
  'functions/host/execute/connection-target.ts',
  // Ansible shows it to tasks as ansible_password.
  'functions/host/execute/connection-variables.ts',
  // It names agents so that only functions find them.
  'functions/host/function-environment.ts',
  'functions/host/session/ssh-auth.ts',
  'functions/host/session/ssh-keys.ts',
  // The key of a vault.
  'shared/base/vault.ts',
  // The keys with which a template signs its calls to AWS.
  'shared/secrets/client-options.ts',
  // What a secret must look like is seen when it is read.
  'shared/secrets/cloud-secrets.ts',
  // The key of what functions seal.
  'shared/store/seal.ts',
];

const CAST = /\bas (?!const\b)[A-Z{(\w]/;

/** Who may read the environment of the process: the edges, which pass it on. */
const ENVIRONMENT_EDGES: readonly string[] = [
  'cli/main.ts',
  'cli/run-playbooks.ts',
  'functions/controller/handler.ts',
  'functions/host/handler.ts',
];

test('every file begins with a sentence that says what it is for', () => {
  const without = sources.filter(({ name, text }) => {
    const start = text.replace(/^#!.*\n/, '');
    return !/^\/\*\*[\s\S]*?\*\//.test(start) && !/\.test\.ts$/.test(name);
  });
  expect(names(without)).toEqual([]);
});

test('secrets are opened only where their bytes are needed', () => {
  expect(names(productSources.filter(({ code }) => /\.reveal\(\)/.test(code)))).toEqual(REVEALERS);
});

test('the environment is read only at the edges', () => {
  expect(names(productSources.filter(({ code }) => /\bprocess\.env\b/.test(code)))).toEqual(
    ENVIRONMENT_EDGES,
  );
});

test('nothing but reports, the log and scripts prints by itself', () => {
  const allowed = /^(shared\/report|scripts|bench)\/|^shared\/base\/log\.ts$/;
  expect(lines(sources, /\bconsole\./).filter((found) => !allowed.test(found))).toEqual([]);
});

test('the clock and randomness are asked for in one place', () => {
  const pattern = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/;
  expect(lines(productSources, pattern).filter((found) => !found.startsWith('shared/base/clock.ts'))).toEqual(
    [],
  );
});

test('no value is any, and none is said to be there', () => {
  expect(lines(sources, /[:<(,|&]\s*any\b(?!\()|[\w)\]]!(?=[.;,)[])/)).toEqual([]);
});

test('the search for casts finds casts', () => {
  expect(lines(productSources, CAST).length).toBeGreaterThan(10);
});

test('types are forced only where outside data are parsed', () => {
  const casts = productSources.flatMap((source) =>
    lines([source], CAST).filter((found) => !isImportOrParse(source, found)),
  );
  expect(casts).toEqual([]);
});

/** `import { a as b }` and `export { a as b }` rename; a function whose name begins with `parse` may cast. */
function isImportOrParse({ text }: Source, found: string): boolean {
  const number = Number(found.split(':')[1]);
  const before = text.split('\n').slice(0, number);
  if (/^\s*(import|export)\b|^\s*(type )?\w+ as \w+,?$/.test(before.at(-1) ?? '')) return true;
  const enclosing = before.reverse().find((line) => /^(export )?(async )?(function|const) \w+/.test(line));
  return /^(?:export )?(?:async )?(?:function|const) parse/.test(enclosing ?? '');
}

function lines(from: readonly Source[], pattern: RegExp): string[] {
  return from.flatMap(({ name, code, text }) => {
    const original = text.split('\n');
    return code
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${name}:${index + 1}: ${original[index]?.trim()}`] : [],
      );
  });
}

function names(found: readonly Source[]): string[] {
  return found.map(({ name }) => name);
}
