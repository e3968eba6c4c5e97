/** The differences between the engines that docs/compatibility.md names: cases with them are not compared. */

import { repr } from '../../shared/template/python/repr.ts';
import type { Answer, TextCase } from './ours.ts';

type Pair = { readonly text: TextCase; readonly ours: Answer; readonly python: Answer };

type Rule = {
  /** How the paragraph of docs/compatibility.md begins. */
  readonly paragraph: string;
  readonly applies: (pair: Pair) => boolean;
};

/** Arguments of the wrong type or number, which both engines refuse, one of them in other words. */
const ARGUMENT_WORDS =
  /\bargument|too large to convert|failed to combine variables|NotImplemented|expected str|is not a valid|test expects a dictionary|must be (?:str|None|a|real|an integer)|not supported between|unsupported operand|is not iterable|has no len|can only (?:be|concatenate|join|sort)|can't (?:concat|multiply|interpret|sum)|could not convert|cannot be interpreted|has no attribute|unhashable|cannot unpack|requires a|is required|not subscriptable|must be exactly one|is not JSON serializable|failed on bad input|bad operand|indices must be|cannot represent|need a bytes-like|doesn't apply|doesn't define|math domain error|out of range for|Expecting value|requires string|expects a dictionary|unknown URL component|first arg must be|Invalid value for epoch|values to unpack|substring not found/;

/** A template included without context in what Jinja2 makes a Python function of, or keeps apart. */
const INCLUDED_APART =
  /\{%[-+]? (?:macro|call|filter|set kept|for [^%]* recursive)\b(?:(?!\{%[-+]? end(?:macro|call|filter|set|for)\b).)*include [^%]*without context/s;

export const RULES: readonly Rule[] = [
  { paragraph: 'Faults of generated code', applies: ({ text }) => INCLUDED_APART.test(text.template) },
  {
    paragraph: 'Numbers',
    applies: ({ ours, python }) =>
      /Ellipsis|\dj\b/.test(python.value ?? '') && /\.\.\.|\dj\b/.test(ours.value ?? ''),
  },
  {
    paragraph: 'Halves of characters',
    applies: ({ ours, python }) => said(ours) === withWholeCharacters(said(python)),
  },
  // Ansible gives back the text, or says that a condition cannot be evaluated.
  { paragraph: 'Faults of generated code', applies: ({ text, python }) => isGivenBack(text, python) },
  {
    paragraph: 'Faults of generated code',
    applies: ({ text, python }) =>
      python.error !== undefined &&
      Object.values(text.files).some((file) => /\(\{\}\)\.b\b|\{\{\}:/.test(file)),
  },
  {
    paragraph: 'Constants',
    applies: ({ ours, python }) =>
      (python.value !== undefined || /sequence item \d+: expected str/.test(said(ours))) &&
      /sequence item \d+: expected str|is not a valid|is not subscriptable|type: 'slice'/.test(said(ours)),
  },
  { paragraph: 'Numbers', applies: ({ ours }) => said(ours).includes('complex numbers are not supported') },
  {
    paragraph: 'Numbers',
    applies: ({ text, ours, python }) =>
      /log|root|pow|\*\*/.test(text.template + text.variables + Object.values(text.files).join('')) &&
      nearly(said(ours)) === nearly(said(python)),
  },
  { paragraph: 'Bounds', applies: ({ ours }) => /, more than \d+$|that is too large/.test(said(ours)) },
  {
    paragraph: 'Bounds',
    applies: ({ ours, python }) =>
      said(ours).includes('maximum recursion depth exceeded') && /recursi/i.test(said(python)),
  },
  {
    paragraph: 'Faults of generated code',
    applies: ({ python }) =>
      /^NameError name '(?:inf|nan)' is not defined/.test(python.error?.join(' ') ?? ''),
  },
  {
    paragraph: 'Printed objects',
    applies: ({ ours, python }) => ours.value !== undefined && sets(ours.value) === sets(python.value),
  },
  {
    paragraph: '`loop`',
    applies: ({ text, ours, python }) =>
      said(ours).includes("'LoopContext' object is not") ||
      said(python).includes('<LoopContext') ||
      (/\bloop *\|/.test(text.template) && said(ours).includes('argument must be iterable')),
  },
  {
    paragraph: 'Texts of lookups',
    applies: ({ text, ours, python }) =>
      /\b(?:lookup|query|q)\(/.test(text.template) &&
      /unsupported operand type\(s\) for [+%]: '(?:int|float|bool)' and 'str'/.test(said(ours)) &&
      !said(python).includes('unsupported operand type'),
  },
  { paragraph: 'Printed objects', applies: ({ python }) => said(python).includes('<bound method ') },
  {
    paragraph: 'Printed objects',
    applies: ({ text, ours, python }) =>
      /\b(?:q|query|lookup|now|lipsum|undef)\|/.test(text.template) &&
      ours.error?.[0] === 'Error' &&
      python.error?.[0] === 'Error',
  },
  {
    paragraph: 'Options of YAML',
    applies: ({ text }) =>
      /to_(?:nice_)?yaml\([^)]*\b(?:version|tags|line_break|encoding)=/.test(text.template),
  },
  { paragraph: 'Printed objects', applies: ({ python }) => / at 0x[0-9a-f]{6}/i.test(said(python)) },
  {
    paragraph: 'Printed objects',
    applies: ({ text, ours }) =>
      text.setting.native && /\bdict_(?:items|keys|values)\(/.test(ours.value ?? ''),
  },
  {
    paragraph: 'Printed objects',
    applies: ({ text, ours, python }) =>
      text.setting.native && ours.error !== undefined && (python.value ?? '').includes('AnsibleUndefined('),
  },
  {
    paragraph: 'Printed objects',
    applies: ({ ours, python }) =>
      /\b(?:Markup|NativeJinjaText|AnsibleUnsafeText)\b/.test(said(python)) &&
      unmarked(said(ours)) === unmarked(said(python)),
  },
  {
    paragraph: 'Texts in messages',
    applies: ({ text, ours, python }) =>
      text.template.includes('\\') &&
      ours.error !== undefined &&
      said(ours).replaceAll(/ at \d+|\s/g, '') === said(python).replaceAll(/ at \d+|\s/g, ''),
  },
  {
    paragraph: 'Words of errors',
    applies: ({ ours, python }) => isRefusal(ours) && isRefusal(python),
  },
  {
    paragraph: 'Of two faults',
    applies: ({ ours, python }) =>
      lackOf(ours) !== lackOf(python) &&
      [ours, python].every(
        (answer) => isRefusal(answer) || (answer.error !== undefined && lackOf(answer) !== ''),
      ),
  },
  {
    paragraph: 'Of two faults',
    applies: ({ ours, python }) => {
      const missing = /Could not load \\?"[^"]*"/.exec(said(python))?.[0];
      return missing !== undefined && said(ours).includes(missing);
    },
  },
  {
    paragraph: 'Faults in YAML',
    applies: ({ text, ours, python }) =>
      (ours.error !== undefined && /<unicode string>|(?:Scanner|Parser|Composer)Error/.test(said(python))) ||
      said(python).includes('found character that cannot start any token') ||
      said(python).includes('while scanning an anchor') ||
      (/from_yaml/.test(text.template) && /\\u202[89]|\\x85/.test(said(ours))),
  },
  {
    paragraph: 'Names set later',
    applies: ({ text, python }) => {
      const name = /'(\w+)' is undefined/.exec(said(python))?.[1];
      return name !== undefined && new RegExp(`\\b(?:set|import) [^%]*\\b${name}\\b`).test(text.template);
    },
  },
  {
    paragraph: 'Variables changed in place',
    applies: ({ python }) => said(python).includes('changed size during iteration'),
  },
  {
    paragraph: 'Variables changed in place',
    applies: ({ text }) =>
      / recursive/.test(text.template) &&
      /\.(?:append|extend|insert|pop|popitem|remove|setdefault|update)\(/.test(text.template),
  },
  { paragraph: 'Bytes', applies: ({ python }) => /\\udc/.test(said(python)) },
];

/** The paragraph of docs/compatibility.md that a difference stands in, or undefined for one that it does not name. */
export function documentedAs(pair: Pair): string | undefined {
  if (JSON.stringify(pair.ours) === JSON.stringify(pair.python)) return undefined;
  return RULES.find((rule) => rule.applies(pair))?.paragraph;
}

function said(answer: Answer): string {
  return `${answer.value ?? ''} ${answer.error?.join(' ') ?? ''}`;
}

function isRefusal({ error }: Answer): boolean {
  return error !== undefined && ARGUMENT_WORDS.test(error.join(' '));
}

/** What an error says is missing, and what of: the first of several undefined values, or none. */
function lackOf(answer: Answer): string {
  const words = answer.error?.[1] ?? '';
  const lack =
    /Unable to look up|'\w+' is undefined|has no (?:attribute|element)|sequence was empty|Mandatory variable|no else section|No caller defined|was not provided|there is no|does not export/;
  return lack.exec(words)?.[0] ?? '';
}

function isGivenBack({ template: text }: TextCase, python: Answer): boolean {
  const template = text.replace(/^#jinja2:[^\n]*\n/, '');
  if (said(python).includes('unable to evaluate conditional')) return true;
  return /\{[{%]/.test(template) && bare(python.value) === bare(repr(template));
}

/** A text without what escaping and white space control change. */
function bare(text = ''): string {
  return text.replaceAll(/\\[nrt]|[\\'"\s]/g, '');
}

/** Without the class of texts that are safe for HTML. */
function unmarked(said: string): string {
  return said.replaceAll(
    /Markup\((?=\\?['"])|(?<=['"])\)|[\\'"]|\b(?:markupsafe\.Markup|ansible\.utils\.unsafe_proxy\.AnsibleUnsafeText|ansible\.utils\.native_jinja\.NativeJinjaText|Markup|NativeJinjaText|AnsibleUnsafeText|str)\b/g,
    '',
  );
}

/** Halves that Python prints one by one as the character that they are. */
function withWholeCharacters(text: string): string {
  return text.replaceAll(/\\u(d[89ab]\w\w)\\u(d[c-f]\w\w)/g, (_, high: string, low: string) =>
    String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)),
  );
}

function nearly(text = ''): string {
  return text.replaceAll(/(\.\d{11})\d{1,6}/g, '$1');
}

/** With the items of sets in one order. */
function sets(text = ''): string {
  return text.replaceAll(/\{([^{}:]*)\}/g, (_, items: string) => items.split(', ').sort().join(', '));
}
