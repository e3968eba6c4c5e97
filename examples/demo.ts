/** The demo: three SSH hosts in this process, a playbook over them, and the same again to see that nothing is left to do. */

import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedFleet } from './embedded-host.ts';
import { type HostRecap, parseRecap } from './recap.ts';

const HOSTS = ['web1', 'web2', 'db1'];
const root = path.join(import.meta.dirname, '..');
const directory = path.join(root, '.sortie', 'demo');
const started = performance.now();

process.exitCode = await demo();

async function demo(): Promise<number> {
  await must([process.execPath, 'scripts/build.ts']);
  rmSync(directory, { recursive: true, force: true });
  const fleet = await startEmbeddedFleet(directory, HOSTS);
  try {
    appendFileSync(fleet.inventory, '\n[web]\nweb1\nweb2\n\n[db]\ndb1\n');
    say(
      `Three hosts listen on 127.0.0.1: ${fleet.hosts.map(({ name, port }) => `${name} on ${port}`).join(', ')}.`,
    );
    say('$ sortie run -i .sortie/demo/inventory examples/site.yml');
    const first = await play({ isShown: true });
    say('The same again, which should change nothing:');
    const second = await play({ isShown: false });
    await summarize(first, second);
    const isGood =
      first.exitCode === 0 && second.exitCode === 0 && second.recap.every((host) => host.changed === 0);
    return isGood ? 0 : 1;
  } finally {
    await fleet.stop();
  }
}

type Played = { readonly exitCode: number; readonly recap: readonly HostRecap[]; readonly seconds: number };

async function play({ isShown }: { readonly isShown: boolean }): Promise<Played> {
  const from = performance.now();
  const { exitCode, output } = await sortie(
    ['run', '-i', path.join(directory, 'inventory'), 'examples/site.yml'],
    isShown,
  );
  if (!isShown) process.stdout.write(output.slice(Math.max(0, output.indexOf('PLAY RECAP'))));
  return { exitCode, recap: parseRecap(output), seconds: (performance.now() - from) / 1000 };
}

async function summarize(first: Played, second: Played): Promise<void> {
  const done = sum(first.recap, ({ ok, failed, skipped }) => ok + failed + skipped);
  const [run = ''] = (await sortie(['runs'], false)).output.trim().split('\n').slice(-1);
  say('What happened:');
  for (const host of HOSTS) {
    const files = filesUnder(path.join(directory, 'hosts', host));
    process.stdout.write(
      `  ${host.padEnd(5)} ${String(files.length).padStart(2)} files, such as .sortie/demo/hosts/${host}/${files[0]}\n`,
    );
  }
  process.stdout.write(
    [
      `  first run:  ${done} task results on ${first.recap.length} hosts in ${first.seconds.toFixed(1)} s, ${sum(first.recap, (host) => host.changed)} of them changes`,
      `  second run: ${sum(second.recap, (host) => host.changed)} changes, in ${second.seconds.toFixed(1)} s`,
      `  in all:     ${((performance.now() - started) / 1000).toFixed(1)} s, build included; the hosts are stopped now`,
      `  see again:  node_modules/.bin/node dist/sortie.mjs show ${run.split(' ')[0]}`,
      '',
    ].join('\n'),
  );
}

function filesUnder(place: string): string[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(place, path.join(entry.parentPath, entry.name)))
    .sort();
}

function sum(hosts: readonly HostRecap[], of: (host: HostRecap) => number): number {
  return hosts.reduce((total, host) => total + of(host), 0);
}

type Output = { readonly exitCode: number; readonly output: string };

function sortie(words: readonly string[], isShown: boolean): Promise<Output> {
  return execute(
    [process.execPath, '--disable-warning=ExperimentalWarning', 'dist/sortie.mjs', ...words],
    isShown,
  );
}

async function must(command: readonly string[]): Promise<void> {
  const { exitCode, output } = await execute(command, false);
  if (exitCode !== 0) throw new Error(`${command.join(' ')} failed:\n${output}`);
}

function execute([command = '', ...words]: readonly string[], isShown: boolean): Promise<Output> {
  const child = spawn(command, words, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (isShown) process.stdout.write(text);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ exitCode: code ?? 1, output }));
  });
}

function say(text: string): void {
  process.stdout.write(`\n${text}\n`);
}
