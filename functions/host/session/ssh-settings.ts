/** ssh's settings as written on a command line or in configuration files: keyword → values, the first one wins. */

/** Keywords in lower case. All values are kept, in order; which count is decided where they are used. */
export type SshSettings = ReadonlyMap<string, readonly string[]>;

/** Settings of a command line, its words that are no options, and the options that mean nothing here. */
export type ParsedSshArguments = {
  readonly settings: SshSettings;
  readonly operands: readonly string[];
  readonly ignored: readonly string[];
};

/** Options of ssh(1) with a value, and the keyword that each stands for; `-` for those without a use here. */
const VALUE_OPTIONS: ReadonlyMap<string, string> = new Map([
  ['b', 'bindaddress'],
  ['c', 'ciphers'],
  ['D', 'dynamicforward'],
  ['E', '-'],
  ['F', 'configfile'],
  ['i', 'identityfile'],
  ['I', '-'],
  ['J', 'proxyjump'],
  ['L', 'localforward'],
  ['l', 'user'],
  ['m', 'macs'],
  ['p', 'port'],
  ['R', 'remoteforward'],
  ['S', '-'],
  ['W', 'stdioforward'],
]);

/** Options of ssh(1) without a value, and the setting that each stands for; undefined for those without a use here. */
const FLAG_OPTIONS: ReadonlyMap<string, readonly [string, string] | undefined> = new Map([
  ['4', ['addressfamily', 'inet']],
  ['6', ['addressfamily', 'inet6']],
  ['A', ['forwardagent', 'yes']],
  ['a', ['forwardagent', 'no']],
  ...[...'CkNnqTtvxy'].map((letter) => [letter, undefined] as const),
]);

type Parsing = {
  readonly settings: Map<string, string[]>;
  readonly operands: string[];
  readonly ignored: string[];
};

/** Reads the words of ssh's own options, e.g. `['-o', 'Port=2222', '-i', 'key']`. */
export function parseSshArguments(words: readonly string[]): ParsedSshArguments {
  const parsing: Parsing = { settings: new Map(), operands: [], ignored: [] };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (/^-[A-Za-z0-9]/.test(word)) {
      parseOptions(parsing, word.slice(1), rest);
    } else {
      parsing.operands.push(word);
    }
  }
  return parsing;
}

/** Splits `Name value`, `Name=value` or `Name = value`. */
export function splitSetting(text: string): readonly [keyword: string, value: string] | undefined {
  const match = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*?)\s*$/s.exec(text);
  const [, keyword, value] = match ?? [];
  if (keyword === undefined || value === undefined || value === '') {
    return undefined;
  }
  return [keyword.toLowerCase(), value];
}

/** Splits a value into its words; quotes hold a word together. */
export function splitWords(value: string): readonly string[] {
  const words = value.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g);
  return [...words].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
}

/** Puts settings of lower precedence behind those of higher precedence. */
export function joinSettings(all: readonly SshSettings[]): SshSettings {
  const joined = new Map<string, string[]>();
  for (const settings of all) {
    for (const [keyword, values] of settings) {
      addValues(joined, keyword, values);
    }
  }
  return joined;
}

/** Adds values behind those that a keyword has. */
export function addValues(settings: Map<string, string[]>, keyword: string, values: readonly string[]): void {
  settings.set(keyword, [...(settings.get(keyword) ?? []), ...values]);
}

/** One word of options: letters may stand together, and the value may stand in the same word or in the next. */
function parseOptions(parsing: Parsing, letters: string, rest: string[]): void {
  for (const [index, letter] of [...letters].entries()) {
    const keyword = letter === 'o' ? '' : VALUE_OPTIONS.get(letter);
    if (keyword !== undefined) {
      const value = letters.slice(index + 1) || (rest.shift() ?? '');
      addOption(parsing, keyword, value);
      return;
    }
    const setting = FLAG_OPTIONS.get(letter);
    if (setting !== undefined) {
      addValues(parsing.settings, setting[0], [setting[1]]);
    } else if (!FLAG_OPTIONS.has(letter)) {
      parsing.ignored.push(`-${letter}`);
    }
  }
}

/** Without a keyword the value is itself a setting, as of `-o`. */
function addOption(parsing: Parsing, keyword: string, value: string): void {
  const setting = keyword === '' ? splitSetting(value) : ([keyword, value] as const);
  if (setting === undefined) {
    parsing.ignored.push(`-o ${value}`);
  } else if (setting[0] !== '-') {
    addValues(parsing.settings, setting[0], [setting[1]]);
  }
}
