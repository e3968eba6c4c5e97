/** The command line of the benchmarks. */

import { parseArgs } from 'node:util';

export type Options = {
  /** Names of works; all that are not slow when empty. */
  readonly only: readonly string[];
  readonly runs: number;
  readonly peerRuns: number;
  readonly hasPeers: boolean;
  readonly hasTraffic: boolean;
  readonly isSlow: boolean;
  readonly jsonFile: string | undefined;
};

export const usage = `usage: npm run bench -- [options]

  --only NAME     only this work (may be repeated)
  --runs N        how often Sortie and plain ssh do each work; the median counts (default 3)
  --peer-runs N   the same for Ansible and Mitogen (default 1)
  --no-peers      without Ansible and Mitogen
  --no-traffic    without the extra run that counts bytes and turns
  --slow          also the works whose peers take minutes
  --json FILE     write all figures to FILE
`;

/** Reads the words of the command line; throws what is wrong with them. */
export function parseOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      runs: { type: 'string', default: '3' },
      'peer-runs': { type: 'string', default: '1' },
      'no-peers': { type: 'boolean', default: false },
      'no-traffic': { type: 'boolean', default: false },
      slow: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    only: values.only,
    runs: parseCount('--runs', values.runs),
    peerRuns: parseCount('--peer-runs', values['peer-runs']),
    hasPeers: !values['no-peers'],
    hasTraffic: !values['no-traffic'],
    isSlow: values.slow,
    jsonFile: values.json,
  };
}

function parseCount(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 100) {
    throw new Error(`${option} takes a number from 1 to 100, not ${JSON.stringify(text)}`);
  }
  return count;
}
