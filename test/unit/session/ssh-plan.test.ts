import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ConnectionTarget } from '../../../functions/host/session/session.ts';
import { jumpTarget, planSsh, type SshEnvironment } from '../../../functions/host/session/ssh-plan.ts';

type Case = {
  readonly name: string;
  readonly target?: Partial<ConnectionTarget>;
  readonly words: readonly string[];
  readonly plan: object;
  readonly without?: readonly string[];
  readonly warnings?: readonly string[];
};

const environment: SshEnvironment = { home: '/home/me', user: 'me', authSocket: '/run/agent' };

const base: ConnectionTarget = {
  kind: 'ssh',
  host: 'web1',
  address: 'web1.example',
  port: 22,
  user: 'me',
  password: undefined,
  privateKeyFiles: [],
  privateKeyPassphrase: undefined,
  hostKeyChecking: 'yes',
  knownHostsFiles: [],
  sshArguments: [],
  connectTimeoutMs: 10_000,
  python: 'auto',
};

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../cases/ssh-plan/plans.json', import.meta.url), 'utf8'),
);

describe('the plan of a connection', () => {
  test.each(cases)('$name', ({ target, words, plan: expected, without = [], warnings = [] }) => {
    const planned = planSsh({ ...base, ...target, sshArguments: ['-F', 'none', ...words] }, environment);
    const plan = { ...planned.plan, keyFiles: planned.plan.keyFiles.map(({ file }) => file) };
    expect(plan).toMatchObject(expected);
    for (const name of without) {
      expect(plan).toHaveProperty(name, undefined);
    }
    expect(planned.warnings).toEqual(warnings);
  });

  test('of a host on the way has its own address, user, port and check', () => {
    const target = { ...base, hostKeyChecking: 'no', sshArguments: ['-p', '99'] } as const;
    const jump = { destination: 'ssh://ops@[::1]:2201', arguments: ['-q'] };
    expect(jumpTarget(jump, target, environment)).toMatchObject({
      address: '::1',
      port: 2201,
      user: 'ops',
      hostKeyChecking: 'yes',
      sshArguments: ['-q'],
    });
  });
});
