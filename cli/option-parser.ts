/**
 * Reads a command line as Python's argparse does: long options with unique abbreviations and `=`, short ones bundled
 * or with their value attached, positionals before, between and after them.
 */

export type OptionSpec = {
  /** The name its values are found under. */
  readonly key: string;
  /** Spellings, e.g. `-f`, `--forks`. */
  readonly flags: readonly string[];
  /** Name of its value in the usage; absent for options without one. */
  readonly value?: string;
  readonly isInt?: boolean;
  /** Options with the same word here exclude each other. */
  readonly exclusive?: string;
  /** Ends parsing at once (help, version). */
  readonly isFinal?: boolean;
  readonly group?: string;
  readonly help: string;
};

export type ParsedOptions = {
  /** Values by key in the order given; an option without a value gives an empty text each time. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
  /** The key of the option that ended parsing. */
  readonly final?: string;
};

export type ParseOutcome =
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'parsed'; readonly parsed: ParsedOptions };

type Reader = {
  readonly specs: readonly OptionSpec[];
  /** What is left to read. */
  readonly rest: string[];
  readonly values: Map<string, string[]>;
  /** The first spelling used of each group of options that exclude each other. */
  readonly chosen: Map<string, OptionSpec>;
  readonly positionals: string[];
  readonly unknown: string[];
};

/** One argument understood as an option: `attached` is what stands after `=` or behind a short option's letter. */
type Found = { readonly spec: OptionSpec; readonly flag: string; readonly attached: string | undefined };

class UsageError extends Error {}

/** Parses `argv`; a mistake of the user comes back as the message that argparse would print. */
export function parseOptions(argv: readonly string[], specs: readonly OptionSpec[]): ParseOutcome {
  const reader: Reader = {
    specs,
    rest: [...argv],
    values: new Map(),
    chosen: new Map(),
    positionals: [],
    unknown: [],
  };
  try {
    const final = readAll(reader);
    const { positionals, unknown, values } = reader;
    if (final === undefined && unknown.length > 0) {
      return { kind: 'error', message: `unrecognized arguments: ${unknown.join(' ')}` };
    }
    return { kind: 'parsed', parsed: { values, positionals, ...(final === undefined ? {} : { final }) } };
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'error', message: error.message };
    throw error;
  }
}

/** Reads to the end, or to an option that ends parsing, whose key is returned. */
function readAll(reader: Reader): string | undefined {
  for (let argument = reader.rest.shift(); argument !== undefined; argument = reader.rest.shift()) {
    if (argument === '--') {
      reader.positionals.push(...reader.rest.splice(0));
      continue;
    }
    const found = findOption(reader, argument);
    if (found === 'positional') reader.positionals.push(argument);
    else if (found === 'unknown') reader.unknown.push(argument);
    else {
      const last = takeOption(reader, found);
      if (last.isFinal === true) return last.key;
    }
  }
  return undefined;
}

/** What an argument is; a text with a space or a negative number is never an unknown option. */
function findOption({ specs }: Reader, argument: string): Found | 'positional' | 'unknown' {
  if (!argument.startsWith('-') || argument === '-') return 'positional';
  const exact = bySpelling(specs, argument);
  if (exact !== undefined) return { spec: exact, flag: argument, attached: undefined };
  const [name, attached] = splitAtEquals(argument);
  const named = attached === undefined ? undefined : bySpelling(specs, name);
  if (named !== undefined) return { spec: named, flag: name, attached };
  const candidates = argument.startsWith('--') ? byPrefix(specs, name, attached) : byLetter(specs, argument);
  const [first] = candidates;
  if (candidates.length > 1) {
    const flags = candidates.map((candidate) => candidate.flag).join(', ');
    throw new UsageError(`ambiguous option: ${argument} could match ${flags}`);
  }
  if (first !== undefined) return first;
  return argument.includes(' ') || /^-\d+$|^-\d*\.\d+$/.test(argument) ? 'positional' : 'unknown';
}

function bySpelling(specs: readonly OptionSpec[], flag: string): OptionSpec | undefined {
  return specs.find((spec) => spec.flags.includes(flag));
}

function byPrefix(specs: readonly OptionSpec[], prefix: string, attached: string | undefined): Found[] {
  return specs.flatMap((spec) =>
    spec.flags.filter((flag) => flag.startsWith(prefix)).map((flag) => ({ spec, flag, attached })),
  );
}

function byLetter(specs: readonly OptionSpec[], argument: string): Found[] {
  const flag = argument.slice(0, 2);
  const spec = bySpelling(specs, flag);
  return spec === undefined ? [] : [{ spec, flag, attached: argument.slice(2) }];
}

/** Stores one option and, for bundled letters, those behind it; returns the last one read. */
function takeOption(reader: Reader, found: Found): OptionSpec {
  let { spec, flag, attached } = found;
  while (spec.value === undefined && attached !== undefined) {
    const letter: string = `-${[...attached][0] ?? ''}`;
    const next: OptionSpec | undefined = flag.startsWith('--') ? undefined : bySpelling(reader.specs, letter);
    if (next === undefined) {
      throw new UsageError(`argument ${spelled(spec)}: ignored explicit argument ${quoted(attached)}`);
    }
    store(reader, spec, '');
    if (spec.isFinal === true) return spec;
    attached = attached.length > 1 ? attached.slice(1) : undefined;
    spec = next;
    flag = letter;
  }
  store(reader, spec, spec.value === undefined ? '' : (attached ?? nextValue(reader, spec)));
  return spec;
}

function nextValue(reader: Reader, spec: OptionSpec): string {
  const value = reader.rest[0];
  if (value === undefined || value === '--' || findOption(reader, value) !== 'positional') {
    throw new UsageError(`argument ${spelled(spec)}: expected one argument`);
  }
  reader.rest.shift();
  return value;
}

function store(reader: Reader, spec: OptionSpec, value: string): void {
  if (spec.isInt === true && !/^\s*[+-]?\d+(?:_\d+)*\s*$/.test(value)) {
    throw new UsageError(`argument ${spelled(spec)}: invalid int value: ${quoted(value)}`);
  }
  if (spec.exclusive !== undefined) {
    const other = reader.chosen.get(spec.exclusive) ?? spec;
    if (other !== spec) {
      throw new UsageError(`argument ${spelled(spec)}: not allowed with argument ${spelled(other)}`);
    }
    reader.chosen.set(spec.exclusive, spec);
  }
  const values = reader.values.get(spec.key);
  if (values === undefined) reader.values.set(spec.key, [value]);
  else values.push(value);
}

function spelled(spec: OptionSpec): string {
  return spec.flags.join('/');
}

/** As Python quotes a text. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return `${quote}${text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)}${quote}`;
}

function splitAtEquals(argument: string): [string, string | undefined] {
  const at = argument.indexOf('=');
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}
