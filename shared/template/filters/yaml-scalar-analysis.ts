/** Which YAML styles can hold a text, by libyaml's rules. */

/** What a text allows. */
export type ScalarAnalysis = {
  readonly isMultiline: boolean;
  readonly isFlowPlainAllowed: boolean;
  readonly isBlockPlainAllowed: boolean;
  readonly isSingleQuotedAllowed: boolean;
  readonly isBlockAllowed: boolean;
};

const BREAK = /[\r\n\x85\u2028\u2029]/;
const BLANK = /^[ \t\0\r\n\x85\u2028\u2029]?$/;
const EMPTY: ScalarAnalysis = {
  isMultiline: false,
  isFlowPlainAllowed: false,
  isBlockPlainAllowed: true,
  isSingleQuotedAllowed: true,
  isBlockAllowed: false,
};

/** Analyzes one text; without `isUnicode` everything beyond ASCII is special. */
export function analyzeScalar(text: string, isUnicode: boolean): ScalarAnalysis {
  if (text === '') return EMPTY;
  const { isFlow, isBlock } = findIndicators(text);
  const isMultiline = BREAK.test(text);
  const isSpecial = hasSpecial(text, isUnicode);
  const isEdged = /^[ \r\n\x85\u2028\u2029]|[ \r\n\x85\u2028\u2029]$/.test(text);
  const hasBreakSpace = /[\r\n\x85\u2028\u2029] /.test(text);
  const hasSpaceBreak = / [\r\n\x85\u2028\u2029]/.test(text);
  const isHard = hasSpaceBreak || isSpecial;
  const isPlain = !isEdged && !hasBreakSpace && !isHard && !isMultiline;
  return {
    isMultiline,
    isFlowPlainAllowed: isPlain && !isFlow,
    isBlockPlainAllowed: isPlain && !isBlock,
    isSingleQuotedAllowed: !hasBreakSpace && !isHard,
    isBlockAllowed: !text.endsWith(' ') && !isHard,
  };
}

/** Whether the text holds characters that YAML would read as its own, in flow or in block context. */
function findIndicators(text: string): { isFlow: boolean; isBlock: boolean } {
  const first = text[0] ?? '';
  const second = text[1] ?? '';
  const isDocumentMark = /^(?:---|\.\.\.)/.test(text);
  const isHardStart = '#,[]{}&*!|>\'"%@`'.includes(first);
  const isDash = first === '-' && BLANK.test(second);
  const isQuery = first === '?' || first === ':';
  const hasComment = /[ \t\0\r\n\x85\u2028\u2029]#/.test(text);
  const hasColonBlank = /:(?:[ \t\0\r\n\x85\u2028\u2029]|$)/.test(text.slice(1));
  const isBoth = isDocumentMark || isHardStart || isDash || hasComment;
  return {
    isFlow: isBoth || isQuery || /[,?[\]{}:]/.test(text.slice(1)),
    isBlock: isBoth || (isQuery && BLANK.test(second)) || hasColonBlank,
  };
}

function hasSpecial(text: string, isUnicode: boolean): boolean {
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const isPrintable =
      code < 0xa0
        ? code === 0x0a || (code >= 0x20 && code <= 0x7e)
        : code <= 0xfffd && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfeff;
    if (!isPrintable || (code > 0x7f && !isUnicode)) return true;
  }
  return false;
}
