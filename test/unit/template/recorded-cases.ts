/** Reads and answers the recorded template cases. */

import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { PyFloat, type Value } from '../../../shared/base/value.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { repr } from '../../../shared/template/python/repr.ts';
import { asTemplate } from '../../../shared/template/python/special.ts';
import { isConditionTrue, renderFile, renderValue } from '../../../shared/template/render.ts';
import type { FileTemplateOptions } from '../../../shared/template/syntax/syntax-options.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { noAws } from '../no-aws.ts';

export type Case = {
  readonly template: unknown;
  readonly vars?: Record<string, unknown>;
  readonly kind?: 'condition' | 'file' | 'value';
  readonly native?: boolean;
  readonly options?: Record<string, unknown>;
};
export type Suite = {
  readonly vars?: Record<string, unknown>;
  readonly files?: Record<string, string>;
  readonly cases: readonly (Case | string)[];
};
export type Expected = { readonly value?: string; readonly error?: readonly [string, string] };

const directory = new URL('../../cases/templates/', import.meta.url);

/** One file of cases with what was recorded for each. */
export type RecordedFile = {
  readonly file: string;
  readonly suite: Suite;
  readonly answers: readonly Expected[];
};

/** All files of cases. */
export function readRecordedFiles(): RecordedFile[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.yml'));
  return names.map((file) => ({
    file,
    suite: parse(readFileSync(new URL(file, directory), 'utf8'), { intAsBigInt: true }),
    answers: JSON.parse(readFileSync(new URL(file.replace('.yml', '.expected.json'), directory), 'utf8')),
  }));
}

/** A case as it is written short or long. */
export function caseOf(given: Case | string): Case {
  return typeof given === 'object' ? given : { template: given };
}

/** A short name of a case. */
export function titleOf(template: unknown): string {
  return JSON.stringify(template, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item));
}

/** An answer as one text. */
export function textOf(given: Expected): string {
  return given.error === undefined ? `value ${given.value}` : `${given.error[0]}: ${given.error[1]}`;
}

/** What the engine gives for a case. */
export function answer(one: Case, suite: Suite): Expected {
  const env = makeEnvironment({ ...suite.vars, ...one.vars }, suite.files ?? {}, one.native === true);
  try {
    return { value: repr(evaluate(one, env)) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { error: [error.pythonType, error.message] };
  }
}

function evaluate(one: Case, env: Environment): Value {
  if (one.kind === 'condition') return isConditionTrue(toValue(one.template), env);
  if (one.kind === 'file') {
    return renderFile(String(one.template), { name: 'case.j2', options: toOptions(one.options ?? {}) }, env);
  }
  return renderValue(toValue(one.template), env);
}

function toOptions(options: Record<string, unknown>): FileTemplateOptions {
  const camel = (name: string): string =>
    name.replace('_string', '').replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [camel(name), value]));
}

function toValue(data: unknown): Value {
  if (typeof data === 'string') return asTemplate(data);
  if (typeof data === 'bigint') return Number.isSafeInteger(Number(data)) ? Number(data) : data;
  if (typeof data === 'number') return new PyFloat(data);
  if (typeof data === 'boolean') return data;
  if (Array.isArray(data)) return data.map(toValue);
  if (typeof data !== 'object' || data === null) return null;
  return new Map(Object.entries(data).map(([key, item]) => [key, toValue(item)]));
}

/** An environment over plain data; `files` stand in the directory /project. */
export function makeEnvironment(
  data: Record<string, unknown>,
  files: Record<string, string>,
  native: boolean,
): Environment {
  const variables = new Map(Object.entries(data).map(([name, item]) => [name, toValue(item)]));
  const answers = new Map<string, Value>();
  const env: Environment = {
    scope: {
      resolve: (name) => {
        const raw = variables.get(name);
        return raw === undefined ? undefined : renderValue(raw, env);
      },
      raw: (name) => variables.get(name),
      names: () => variables.keys(),
    },
    options: { native, strictUndefined: true, extensions: ['jinja2.ext.do', 'jinja2.ext.loopcontrols'] },
    local: {
      readFile: (path) => {
        const content = files[path.replace('/project/', '')];
        return content === undefined ? undefined : Buffer.from(content);
      },
      writeFile: () => undefined,
      stat: () => undefined,
      aws: noAws,
      realPath: (path) => path,
      glob: () => [],
      environment: () => undefined,
      fetch: () => Promise.resolve({ kind: 'failed', why: 'there is no network' }),
      run: () => Promise.resolve({ exitCode: 0, stdout: new Uint8Array() }),
    },
    memory: {
      once: (key, ask) => {
        const known = answers.get(key);
        if (known !== undefined) return known;
        const given = ask();
        answers.set(key, given);
        return given;
      },
      later: () => null,
    },
    now: () => 0,
    randomBytes: (length) => new Uint8Array(length),
    decrypt: (ciphertext) => ciphertext,
    searchPath: ['/project'],
    config: () => undefined,
    parseYaml: () => [],
  };
  return env;
}
