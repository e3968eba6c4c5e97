import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planSsh } from '../../functions/host/session/ssh-plan.ts';

const CONFIG = `
# comments and Include, equals signs and quotes
Include HOME/conf.d/*.conf
Host web* !web9
  HostName %h.example
  Port=2201
  User deploy
  IdentityFile "/keys/web %r"
Host web1
  Port 9999
  IdentityFile /keys/second
  ProxyJump ops@bastion:2202,inner
Match originalhost db1 user me
  HostName db1.internal
  StrictHostKeyChecking accept-new
Match host db1.internal
  UserKnownHostsFile /known/db /known/more
Match user nobody
  Port 1
Host none
  ProxyCommand none
  PreferredAuthentications publickey
Host *
  ServerAliveInterval 7
  UserKnownHostsFile /known/all
`;

let home: string;
beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), 'sortie-config-'));
  mkdirSync(path.join(home, 'conf.d'));
  writeFileSync(path.join(home, 'config'), CONFIG.replace('HOME', home));
  writeFileSync(
    path.join(home, 'conf.d/10-app.conf'),
    'Host app?\n  HostName 10.0.0.1\n  ForwardAgent yes\n',
  );
  writeFileSync(path.join(home, 'conf.d/20-none'), 'Host *\n  Port 3\n');
});
afterAll(() => {
  rmSync(home, { recursive: true });
});

/** What the real ssh makes of the same file: `keyword → values`. */
function askSsh(host: string, file: string): ReadonlyMap<string, readonly string[]> {
  const lines = execFileSync('ssh', ['-GT', '-F', file, '-l', 'me', host]).toString().trim().split('\n');
  const settings = new Map<string, string[]>();
  for (const line of lines) {
    const [keyword = '', ...values] = line.split(' ');
    settings.set(keyword, [...(settings.get(keyword) ?? []), values.join(' ')]);
  }
  return settings;
}

test.each(['web1', 'web2', 'web9', 'db1', 'app1', 'app12', 'none', 'other'])(
  '%s is what ssh takes it for',
  (host) => {
    const file = path.join(home, 'config');
    const { plan } = planSsh(
      {
        kind: 'ssh',
        host,
        address: host,
        port: 22,
        user: 'me',
        password: undefined,
        privateKeyFiles: [],
        privateKeyPassphrase: undefined,
        hostKeyChecking: 'yes',
        knownHostsFiles: [],
        sshArguments: ['-F', file, '-l', 'me'],
        connectTimeoutMs: 10_000,
        python: 'auto',
      },
      { home, user: 'me', authSocket: undefined },
    );
    const real = askSsh(host, file);
    const first = (keyword: string): string | undefined => real.get(keyword)?.[0];
    expect({
      address: plan.address,
      port: String(plan.port),
      user: plan.user,
      keepalive: String((plan.keepaliveMs ?? 0) / 1000),
      known: plan.knownHostsFiles.slice(0, -2).join(' '),
      isAcceptNew: plan.hostKeyChecking === 'accept-new',
      forwardAgent: plan.forwardAgent,
      jumps: plan.jumps.map(({ destination }) => destination).join(','),
      namedKeys: plan.keyFiles.filter(({ isNamed }) => isNamed).map((key) => key.file),
    }).toEqual({
      address: first('hostname'),
      port: first('port'),
      user: first('user'),
      keepalive: first('serveraliveinterval'),
      known: first('userknownhostsfile'),
      isAcceptNew: first('stricthostkeychecking') === 'accept-new',
      forwardAgent: first('forwardagent') === 'yes',
      jumps: first('proxyjump') ?? '',
      namedKeys: (real.get('identityfile') ?? [])
        .filter((key) => !key.startsWith('~/.ssh/'))
        .map((key) => key.replace('%r', plan.user)),
    });
  },
);
