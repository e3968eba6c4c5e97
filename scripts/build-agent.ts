/**
 * Builds what a host function sends to a target into dist/agent: `first-stage.py` (the `-c` argument), `boot.bin` (the
 * agent, zlib-compressed JSON `{module: source}`) and `native.json` (the rest as text, and for each module what to load before it).
 */

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, deflateSync } from 'node:zlib';

import { limits } from '../shared/base/limits.ts';
import { stripPython } from './strip-python.ts';

/** What travels with every boot, along with what it imports: the rest is sent when first used. */
const BOOT_ROOTS = ['loader', 'main', 'modules.command', 'modules.shell', 'modules.ping'];

/** A part of the agent that is no module: asked for under a name that no module can have. */
const KEEPING = '@keeping';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'agent');
const target = join(root, 'dist/agent');

type Sources = Record<string, string>;

function readSources(directory: string, prefix: string): Sources {
  const sources: Sources = {};
  for (const file of readdirSync(directory).sort()) {
    if (!file.endsWith('.py') || file === 'first_stage.py') continue;
    sources[prefix + file.slice(0, -3)] = stripPython(readFileSync(join(directory, file), 'utf8'));
  }
  return sources;
}

function compress(text: string): Buffer {
  return deflateSync(text, { level: constants.Z_BEST_COMPRESSION, memLevel: 9 });
}

function pick(sources: Sources, names: readonly string[]): Sources {
  return Object.fromEntries(names.flatMap((name) => (name in sources ? [[name, sources[name] ?? '']] : [])));
}

/** The `-c` argument: no quote but the double one and no line end, so that every login shell passes it on untouched. */
function firstStage(payloadBytes: number): string {
  const readable = readFileSync(join(source, 'first_stage.py'), 'utf8').replaceAll(
    'PAYLOAD_BYTES',
    String(payloadBytes),
  );
  const packed = compress(stripPython(readable)).toString('base64');
  return `import sys;sys.path.pop(0);import base64,zlib;exec(zlib.decompress(base64.b64decode("${packed}")))`;
}

/** The agent's files that this one imports, directly or not, before itself where they do not import each other. */
function withImports(name: string, sources: Sources): string[] {
  const visited = new Set<string>();
  const visit = (current: string): string[] => {
    if (visited.has(current) || !(current in sources)) return [];
    visited.add(current);
    return [...importsOf(sources[current] ?? '').flatMap(visit), current];
  };
  return visit(name);
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/^ *(?:from (\S+) )?import (.+)$/gm)].flatMap(([, container, names = '']) => {
    const imported = names.split(',').map((word) => word.trim().split(' ')[0] ?? '');
    return container === undefined
      ? imported
      : [container, ...imported.map((word) => `${container}.${word}`)];
  });
}

function build(): void {
  const core = readSources(source, '');
  const modules = readSources(join(source, 'modules'), 'modules.');
  const all: Sources = { ...core, ...modules };
  const atBoot = new Set(BOOT_ROOTS.flatMap((name) => withImports(name, all)));
  const boot = pick(all, [...atBoot]);
  const payload = compress(JSON.stringify(boot));
  const later = Object.keys(all).filter((name) => !atBoot.has(name));
  const needs = Object.keys(modules).map((name) => [
    name.slice('modules.'.length),
    withImports(name, all).filter((needed) => !atBoot.has(needed)),
  ]);
  needs.push([KEEPING, withImports('keeping', all).filter((needed) => !atBoot.has(needed))]);
  mkdirSync(target, { recursive: true });
  replaceFile('boot.bin', payload);
  replaceFile('first-stage.py', firstStage(payload.length));
  replaceFile('native.json', JSON.stringify({ sources: pick(all, later), needs: Object.fromEntries(needs) }));
  report(all, boot, payload.length);
}

/** Whole or not at all: tests that run at the same time read these files. */
function replaceFile(name: string, data: Buffer | string): void {
  const path = join(target, name);
  writeFileSync(`${path}.${process.pid}`, data);
  renameSync(`${path}.${process.pid}`, path);
}

function report(sources: Sources, boot: Sources, payloadBytes: number): void {
  const lines = Object.entries(sources).map(
    ([name, text]) =>
      `${name.padEnd(24)}${String(text.length).padStart(8)}${String(compress(text).length).padStart(8)}  ${name in boot ? 'boot' : 'on demand'}`,
  );
  const total = `${'boot payload'.padEnd(32)}${String(payloadBytes).padStart(8)}  of ${limits.agentBootBytesMax}`;
  process.stdout.write(`${'module'.padEnd(24)}  source  packed\n${lines.join('\n')}\n${total}\n`);
  if (payloadBytes > limits.agentBootBytesMax) {
    process.stderr.write(
      'The boot payload is above its budget: make it smaller or send a module on demand.\n',
    );
    process.exitCode = 1;
  }
}

build();
