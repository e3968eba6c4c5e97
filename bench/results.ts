/** Tables of what was measured, and whether it is within the budgets. */

export type Measured = {
  readonly work: string;
  readonly tool: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly exitCode: number;
  readonly sent: number;
  readonly received: number;
  readonly turns: number;
};

type Budget = {
  readonly work: string;
  readonly says: string;
  /** The figure and what it may be at most, or must be at least. */
  readonly figure: (of: (tool: string) => Measured | undefined) => number | undefined;
  readonly atMost?: number;
  readonly atLeast?: number;
};

const ratio = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined || right === undefined ? undefined : left / right;

const timesFaster =
  (peer: string): Budget['figure'] =>
  (of) =>
    ratio(of(peer)?.seconds, of('sortie')?.seconds);

const BUDGETS: readonly Budget[] = [
  {
    work: '100 commands',
    says: 'time, of plain ssh',
    figure: (of) => ratio(of('sortie')?.seconds, of('ssh')?.seconds),
    atMost: 1.4,
  },
  { work: '100 commands', says: 'times faster than Mitogen', figure: timesFaster('mitogen'), atLeast: 8 },
  { work: '100 commands', says: 'times faster than Ansible', figure: timesFaster('ansible'), atLeast: 45 },
  { work: '100 commands', says: 'KiB sent', figure: (of) => ratio(of('sortie')?.sent, 1024), atMost: 50 },
  {
    work: '100 commands, 100 ms link',
    says: 'time, of plain ssh',
    figure: (of) => ratio(of('sortie')?.seconds, of('ssh')?.seconds),
    atMost: 1.2,
  },
  { work: '100 small copies', says: 'seconds', figure: (of) => of('sortie')?.seconds, atMost: 0.7 },
  {
    work: '20 mixed tasks, 10 hosts',
    says: 'times faster than Mitogen',
    figure: timesFaster('mitogen'),
    atLeast: 7,
  },
  {
    work: '20 mixed tasks, 10 hosts',
    says: "processor time, of Mitogen's",
    figure: (of) => ratio(of('sortie')?.cpuSeconds, of('mitogen')?.cpuSeconds),
    atMost: 1 / 8,
  },
  { work: 'facts, 10 hosts', says: 'seconds', figure: (of) => of('sortie')?.seconds, atMost: 1.2 },
];

export function tableLines(measured: readonly Measured[]): string[] {
  const rows = measured.map((item) => {
    const ours = measured.find(({ work, tool }) => work === item.work && tool === 'sortie');
    const times = ours === undefined ? '' : `${(item.seconds / ours.seconds).toFixed(1)} ×`;
    return [
      item.work,
      item.tool,
      `${item.seconds.toFixed(2)} s`,
      `${item.cpuSeconds.toFixed(2)} s`,
      `${(item.sent / 1024).toFixed(0)} KiB`,
      `${(item.received / 1024).toFixed(0)} KiB`,
      String(item.turns),
      times,
    ];
  });
  const head = ['work', 'tool', 'wall', 'CPU', 'sent', 'received', 'turns', 'of ours'];
  return [row(head), row(head.map(() => '---')), ...rows.map(row)];
}

export function budgetLines(measured: readonly Measured[]): string[] {
  const lines = BUDGETS.flatMap((budget) => {
    const figure = budget.figure((tool) =>
      measured.find((item) => item.work === budget.work && item.tool === tool),
    );
    if (figure === undefined) return [];
    const isKept = figure <= (budget.atMost ?? Number.POSITIVE_INFINITY) && figure >= (budget.atLeast ?? 0);
    const limit = budget.atMost === undefined ? `at least ${budget.atLeast}` : `at most ${budget.atMost}`;
    return [row([budget.work, budget.says, figure.toFixed(2), limit, isKept ? 'kept' : 'MISSED'])];
  });
  return [
    row(['work', 'budget', 'measured', 'limit', '']),
    row(['---', '---', '---', '---', '---']),
    ...lines,
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
