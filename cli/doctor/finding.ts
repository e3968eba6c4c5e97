/** What `sortie doctor` found out, and how it is printed. */

/** One check. `hint` says what to do, and stands with everything that is not `ok`. */
export type Finding = {
  readonly check: string;
  readonly status: 'ok' | 'problem' | 'warning';
  readonly message: string;
  readonly hint?: string;
};

export const ok = (check: string, message: string, hint?: string): Finding => ({
  check,
  status: 'ok',
  message,
  ...(hint === undefined ? {} : { hint }),
});

export const warning = (check: string, message: string, hint: string): Finding => ({
  check,
  status: 'warning',
  message,
  hint,
});

export const problem = (check: string, message: string, hint: string): Finding => ({
  check,
  status: 'problem',
  message,
  hint,
});

/** A finding for what is not there, or may not be seen: missing permissions of whoever asks do not break runs. */
export function unseen(check: string, message: string): Finding {
  return /not allowed/.test(message)
    ? unlooked(check, message)
    : problem(check, message, 'deploy again with `sortie deploy`, or correct the name in .sortie/cloud.json');
}

/** A finding for a detail that could not be seen. */
export function unlooked(check: string, message: string): Finding {
  return warning(check, `could not be looked at: ${message}`, 'ask with a user who may, or ignore this');
}

/** The findings for people: one line each, hints below, the sum at the end. */
export function findingsText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, hint, message, status }) => [
    `${status.padEnd(7)}  ${check.padEnd(width)}  ${message}`,
    ...(hint === undefined ? [] : [`${' '.repeat(width + 11)}→ ${hint}`]),
  ]);
  return `${[...lines, '', summary(findings)].join('\n')}\n`;
}

/** The findings for programs. */
export function findingsJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ ok: !hasProblem(findings), findings }, null, 2)}\n`;
}

export function hasProblem(findings: readonly Finding[]): boolean {
  return findings.some(({ status }) => status === 'problem');
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Finding['status']): number =>
    findings.filter(({ status }) => status === wanted).length;
  const parts = [
    [count('problem'), 'problem'],
    [count('warning'), 'warning'],
  ] as const;
  const said = parts.flatMap(([number, word]) =>
    number === 0 ? [] : [`${number} ${word}${number === 1 ? '' : 's'}`],
  );
  return said.length === 0 ? 'Everything is as it should be.' : said.join(', ');
}
