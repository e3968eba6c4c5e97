/** How rendering ends other than with a value: an error of the template, or a value that is not there yet. */

/** What went wrong; `limit` is never caught within a template, `lookup` is what `errors=` of lookups is made for. */
export type TemplateErrorKind = 'undefined' | 'syntax' | 'runtime' | 'limit' | 'lookup';

/** A template could not be rendered. `message` is in the words of Jinja2 and Python; `line` counts from 1 in the source. */
export class TemplateError extends Error {
  readonly kind: TemplateErrorKind;
  readonly source: string | undefined;
  readonly line: number | undefined;
  /** Python's name of the exception: `UndefinedError`, `TypeError`, `AnsibleFilterError`, … */
  readonly pythonType: string;

  constructor(
    kind: TemplateErrorKind,
    pythonType: string,
    message: string,
    at?: { source: string; line: number },
  ) {
    super(message);
    this.name = 'TemplateError';
    this.kind = kind;
    this.pythonType = pythonType;
    this.source = at?.source;
    this.line = at?.line;
  }
}

/**
 * Thrown through a render that needs a value not there yet. The executor awaits `until` and renders again;
 * rendering again is free of effects. Nothing between here and the executor may catch it.
 */
export class Suspension extends Error {
  /** What to wait for; `sync` means that the host must wait for the others at this task. */
  readonly until: Promise<unknown> | 'sync';
  /** Why, for `sortie plan` and logs: `register result`, `hostvars web2`, `lookup pipe`. */
  readonly reason: string;

  constructor(until: Promise<unknown> | 'sync', reason: string) {
    super(reason);
    this.name = 'Suspension';
    this.until = until;
    this.reason = reason;
  }
}
