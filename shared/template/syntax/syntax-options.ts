/** How a template is written: its delimiters and its rules for white space. */

/** Jinja2's options of the same names; `newlineSequence` stands for each line end of a text. */
export type SyntaxOptions = {
  readonly blockStart: string;
  readonly blockEnd: string;
  readonly variableStart: string;
  readonly variableEnd: string;
  readonly commentStart: string;
  readonly commentEnd: string;
  readonly trimBlocks: boolean;
  readonly lstripBlocks: boolean;
  readonly keepTrailingNewline: boolean;
  readonly newlineSequence: string;
  /** Begins lines that are statements. */
  readonly lineStatementPrefix?: string;
  /** Begins comments that end with their line. */
  readonly lineCommentPrefix?: string;
};

/** What the template module, the template lookup and `#jinja2:` headers may set for one file. */
export type FileTemplateOptions = Partial<SyntaxOptions>;

/** Jinja2's syntax with `trim_blocks`, which Ansible sets. */
export const ansibleSyntax: SyntaxOptions = {
  blockStart: '{%',
  blockEnd: '%}',
  variableStart: '{{',
  variableEnd: '}}',
  commentStart: '{#',
  commentEnd: '#}',
  trimBlocks: true,
  lstripBlocks: false,
  keepTrailingNewline: false,
  newlineSequence: '\n',
};
