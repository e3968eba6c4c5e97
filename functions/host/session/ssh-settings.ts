/** ssh's settings as written on a command line or in configuration files: keyword → values, the first one wins. */

/** Keywords in lower case. All values are kept, in order; which count is decided where they are used. */
export type SshSettings = ReadonlyMap<string, readonly string[]>;

/** Settings of a command line, and the words that mean nothing here. */
export type ParsedSshArguments = {
  readonly settings: SshSettings;
  readonly ignored: readonly string[];
};

/** Options of ssh(1) with a value, and the keyword that each stands for. Without a keyword: known, but without a use here. */
const VALUE_OPTIONS: Readonly<Record<string, string | undefined>> = {
  b: 'bindaddress',
  c: 'ciphers',
  E: undefined,
  F: 'configfile',
  i: 'identityfile',
  I: undefined,
  J: 'proxyjump',
  l: 'user',
  m: 'macs',
  p: 'port',
  S: undefined,
};

/** Options of ssh(1) without a value, and the setting that each stands for. */
const FLAG_OPTIONS: Readonly<Record<string, readonly [string, string] | undefined>> = {
  '4': ['addressfamily', 'inet'],
  '6': ['addressfamily', 'inet6'],
  A: ['forwardagent', 'yes'],
  a: ['forwardagent', 'no'],
  C: undefined,
  k: undefined,
  n: undefined,
  q: undefined,
  T: undefined,
  t: undefined,
  v: undefined,
  x: undefined,
};

/** Reads the words of ssh's own options, e.g. `['-o', 'Port=2222', '-i', 'key']`. */
export function parseSshArguments(words: readonly string[]): ParsedSshArguments {
  const settings = new Map<string, string[]>();
  const ignored: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!/^-[A-Za-z0-9]/.test(word)) {
      ignored.push(word);
    } else if (isValueOption(word)) {
      const value = word.length > 2 ? word.slice(2) : (rest.shift() ?? '');
      addOption(settings, word.charAt(1), value, ignored);
    } else {
      addFlags(settings, word, ignored);
    }
  }
  return { settings, ignored };
}

/** Splits `Name value`, `Name=value` or `Name = value`; quotes around a value are removed. */
export function splitSetting(text: string): readonly [keyword: string, value: string] | undefined {
  const match = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*?)\s*$/s.exec(text);
  const [, keyword, value] = match ?? [];
  if (keyword === undefined || value === undefined || value === '') {
    return undefined;
  }
  return [keyword.toLowerCase(), value];
}

/** Splits a value into its words; double quotes hold a word together. */
export function splitWords(value: string): readonly string[] {
  return [...value.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
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

function isValueOption(word: string): boolean {
  const letter = word.charAt(1);
  return letter === 'o' || letter in VALUE_OPTIONS;
}

function addOption(settings: Map<string, string[]>, letter: string, value: string, ignored: string[]): void {
  if (letter === 'o') {
    const setting = splitSetting(value);
    if (setting === undefined) {
      ignored.push(`-o ${value}`);
    } else {
      addValues(settings, setting[0], [setting[1]]);
    }
    return;
  }
  const keyword = VALUE_OPTIONS[letter];
  if (keyword !== undefined) {
    addValues(settings, keyword, [value]);
  }
}

function addFlags(settings: Map<string, string[]>, word: string, ignored: string[]): void {
  for (const letter of word.slice(1)) {
    const setting = FLAG_OPTIONS[letter];
    if (setting !== undefined) {
      addValues(settings, setting[0], [setting[1]]);
    } else if (!(letter in FLAG_OPTIONS)) {
      ignored.push(`-${letter}`);
    }
  }
}
