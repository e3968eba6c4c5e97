/** Compiled templates by their text, so that no text is parsed twice. */

import { limits } from '../../base/limits.ts';
import type { Builtins } from '../builtin.ts';
import { doubleBackslashes } from '../syntax/lexer.ts';
import { parseBareExpression, parseTemplate } from '../syntax/parser.ts';
import { namesOfScope, readBefore } from '../syntax/scope-names.ts';
import type { SyntaxOptions } from '../syntax/syntax-options.ts';
import { ansibleSyntax } from '../syntax/syntax-options.ts';
import type { Statement } from '../syntax/syntax-tree.ts';
import { allStatements } from '../syntax/walk-statements.ts';
import { TemplateError } from '../template-error.ts';
import { checkBlockNames } from './block.ts';
import { compileExpression } from './expression.ts';
import { type CompiledTemplate, type Evaluate, readAhead } from './runtime.ts';
import { compileTemplate } from './statement.ts';

/** What decides how a text is compiled. */
export type CompileOptions = {
  readonly builtins: Builtins;
  readonly syntax: SyntaxOptions;
  readonly extensions: readonly string[];
  /** Backslashes in strings of print statements stand for themselves: so it is in playbooks, not in template files. */
  readonly doublesBackslashes: boolean;
  readonly name?: string;
};

type Entry = {
  readonly template: CompiledTemplate;
  /** What the text consists of. */
  readonly statements: readonly Statement[];
  /** Whether it, or a template that it names, may call something that changes lists, dicts or sets. */
  readonly mayChange: boolean;
};

/** Keeps what was used last, up to a number of texts and of characters in them all. */
class Cache<Item> {
  readonly #items = new Map<string, Item>();
  #chars = 0;

  get(key: string, make: () => Item): Item {
    const known = this.#items.get(key);
    if (known !== undefined) {
      this.#items.delete(key);
      this.#items.set(key, known);
      return known;
    }
    const made = make();
    this.#items.set(key, made);
    this.#chars += key.length;
    for (const oldest of this.#items.keys()) {
      const fits = this.#chars <= limits.templateCacheCharsMax;
      if (oldest === key || (fits && this.#items.size <= limits.templateCacheEntriesMax)) break;
      this.#items.delete(oldest);
      this.#chars -= oldest.length;
    }
    return made;
  }
}

/** By text, and then by what else decides how it is compiled. */
const templates = new Cache<Map<string, Entry>>();
const expressions = new Cache<Evaluate>();

/** The template ready to run, and what is known about it; raises TemplateSyntaxError. */
export function compileCached(source: string, options: CompileOptions): Entry {
  const { syntax, extensions } = options;
  const shape = syntax === ansibleSyntax ? '' : JSON.stringify(syntax);
  const key = `${options.doublesBackslashes ? 1 : 0}\0${extensions.join()}\0${shape}\0${options.name ?? ''}`;
  const variants = templates.get(source, () => new Map());
  const known = variants.get(key);
  if (known !== undefined) return known;
  const compiled = compile(source, options);
  variants.set(key, compiled);
  return compiled;
}

function compile(source: string, options: CompileOptions): Entry {
  const { syntax, builtins } = options;
  const text = options.doublesBackslashes ? doubleBackslashes(source, syntax) : source;
  const statements = guardDepth(() => parseTemplate(text, syntax, tagsOf(options.extensions)));
  checkBlockNames(statements, source);
  return {
    statements,
    template: guardDepth(() => compileTemplate(statements, { builtins, source, name: options.name })),
    mayChange: CHANGING_CALL.test(source) || namesOthers(statements),
  };
}

/** Calls that change a list, dict or set. */
const CHANGING_CALL =
  /\.\s*(?:add|append|clear|discard|extend|insert|pop|popitem|remove|reverse|setdefault|sort|update)\b/;

function namesOthers(statements: readonly Statement[]): boolean {
  for (const { kind } of allStatements(statements)) if (NAMING.has(kind)) return true;
  return false;
}

const NAMING: ReadonlySet<Statement['kind']> = new Set(['extends', 'from', 'import', 'include']);

/** A bare expression ready to run. */
export function compileExpressionCached(source: string, builtins: Builtins): Evaluate {
  return expressions.get(source, () => guardDepth(() => compileBare(source, builtins)));
}

function compileBare(source: string, builtins: Builtins): Evaluate {
  const expression = parseBareExpression(source, ansibleSyntax);
  const reads = readBefore(namesOfScope({ expressions: [expression] }, undefined));
  const evaluate = compileExpression(expression, { builtins, source, mayAssign: () => false });
  return (frame) => {
    readAhead(reads, frame);
    return evaluate(frame);
  };
}

function tagsOf(extensions: readonly string[]): ReadonlySet<string> {
  const tags = new Set<string>();
  if (extensions.some((extension) => /(?:^|\.)do$/.test(extension))) tags.add('do');
  if (extensions.some((extension) => /(?:^|\.)loopcontrols$/.test(extension)))
    tags.add('break').add('continue');
  return tags;
}

function guardDepth<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TemplateError('limit', 'RecursionError', 'maximum recursion depth exceeded during compilation');
  }
}
