/** The differences between the engines that docs/compatibility.md names: cases with them are not compared. */

import { repr } from '../../shared/template/python-repr.ts';
import type { Answer, TextCase } from './ours.ts';

type Pair = { readonly text: TextCase; readonly ours: Answer; readonly python: Answer };

/** Python's words about arguments of the wrong type or number, where both engines refuse. */
const ARGUMENT_WORDS =
  /\bargument|\bexpected (?:at (?:most|least) )?\d|must be (?:str|None|a|real)|must only contain|takes no|not supported between|descriptor|can't (?:concat|multiply)|can only concatenate|unsupported operand|unhashable|os\.PathLike|sequence item|cannot unpack|is not JSON serializable/;

/** Classes and words of Python that stand for others here. */
const OTHER_WORDS =
  / at 0x[0-9a-f]{6}|NativeJinjaText|_GroupTuple|'Markup'|Markup\(|AnsibleUndefined\(hint|not in sequence|could not convert string to float|requires a list of dictionaries|attribute 'decode'|'function' object has no/i;

export const RULES: readonly ((pair: Pair) => boolean)[] = [
  ({ ours, python }) => OTHER_WORDS.test(said(ours) + said(python)),
  // Faults of the code that Jinja2 generates: Ansible gives back the text as it is.
  ({ text, python }) => /\{[{%]/.test(text.template) && bare(python.value) === bare(repr(text.template)),
  ({ python }) => said(python).includes('unable to evaluate conditional'),
  ({ ours }) => said(ours).includes('complex numbers are not supported'),
  // Bounds: what Python would build or give up building.
  ({ ours }) => /, more than \d+|that is too large/.test(said(ours)),
  // The result of an inline if without else, operated on.
  ({ text, ours, python }) =>
    /evaluated to false and no else|type Undefined/.test(said(ours) + said(python)) &&
    / if[ )]/.test(text.template),
  // The last digit of logarithms, roots and powers of floats.
  ({ text, ours, python }) =>
    ours.value !== undefined &&
    /log|root|pow|\*\*/.test(text.template) &&
    nearly(ours.value) === nearly(python.value),
  // The words of errors about arguments, where both engines refuse.
  ({ ours, python }) => ours.error?.[0] === python.error?.[0] && ARGUMENT_WORDS.test(said(python)),
  // Of two faults, one an undefined value, the other one is found first.
  ({ ours, python }) =>
    ours.error !== undefined && python.error !== undefined && isUndefined(ours) !== isUndefined(python),
  ({ ours, python }) => (said(ours) + said(python)).includes('Unable to look up a name'),
  // Faults in YAML.
  ({ python }) => /(?:Scanner|Parser|Composer|Constructor)Error|<unicode string>/.test(said(python)),
  // Names that are read in a part of a template and set later, around it.
  ({ text, python }) => {
    const name = /'(\w+)' is undefined/.exec(said(python))?.[1];
    return name !== undefined && new RegExp(`\\bset [^%]*\\b${name}\\b`).test(text.template);
  },
  // The text that a message shows: Ansible leaves out white space that tags take away.
  ({ ours, python }) => said(ours).replaceAll(/\s/g, '') === said(python).replaceAll(/\s/g, ''),
  // Which of two faults of syntax is told.
  ({ ours, python }) =>
    /template error|Missing end of raw/.test(said(python)) && said(ours).includes('template error'),
  ({ python }) => said(python).includes("unexpected '}'"),
  // Undefined values that stand inside lists and dicts.
  ({ text }) => text.template.includes('undef()'),
  // Bytes as arguments of filters and tests.
  ({ text }) => text.template.includes('.encode('),
  // The order of keys that pprint prints within groups.
  ({ text }) => /groupby.*pprint/s.test(text.template),
  // A negative zero as a key, and bytes that are no text.
  ({ python }) => /\{-0\.0|\\udc/.test(said(python)),
];

/** Whether a case shows a documented difference. */
export function isDocumented(pair: Pair): boolean {
  return JSON.stringify(pair.ours) !== JSON.stringify(pair.python) && RULES.some((rule) => rule(pair));
}

function said(answer: Answer): string {
  return `${answer.value ?? ''} ${answer.error?.join(' ') ?? ''}`;
}

function isUndefined(answer: Answer): boolean {
  return /undefined/i.test(said(answer));
}

/** A text without what escaping and white space control change. */
function bare(text = ''): string {
  return text.replaceAll(/\\[nt]|[\\'"\s]/g, '');
}

function nearly(text = ''): string {
  return text.replaceAll(/\d\.\d{13,}/g, (number) => number.slice(0, 12));
}
