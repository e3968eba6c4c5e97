/** How a run ends for the shell: ansible-playbook's codes, in one table. */

export const exitCodes = {
  ok: 0,
  /** A file, an argument's value, an inventory without hosts, or the store. */
  error: 1,
  failedHosts: 2,
  /** An option that does not exist or has a wrong value. */
  usage: 2,
  unreachableHosts: 4,
  /** A playbook, inventory or variable file that cannot be read as what it is. */
  parserError: 4,
  /** A setting of ansible.cfg or the environment that cannot be used. */
  configuration: 5,
  interrupted: 99,
  /** A mistake of ours. */
  unexpected: 250,
} as const;

export type BatchEnd = {
  /** `any_errors_fatal` or `max_fail_percentage` ended the play. */
  readonly isBroken: boolean;
  /** Hosts that are unreachable, since the run began. */
  readonly unreachable: number;
  /** Hosts that failed in this batch and were not rescued. */
  readonly failed: number;
};

/** The code of a batch of hosts. A run ends with the code of the last batch that it ran. */
export function exitCodeOf({ failed, isBroken, unreachable }: BatchEnd): number {
  if (isBroken) return exitCodes.failedHosts;
  if (unreachable > 0) return exitCodes.unreachableHosts;
  return failed > 0 ? exitCodes.failedHosts : exitCodes.ok;
}
