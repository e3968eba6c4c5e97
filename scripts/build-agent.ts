/**
 * Builds what a host function sends to a target into dist/agent: `first-stage.py` (the `-c` argument), `boot.bin` (the
 * agent, zlib-compressed JSON `{module: source}`) and `native.json` (modules that are sent when first used).
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, deflateSync } from 'node:zlib';

import { limits } from '../shared/base/limits.ts';
import { stripPython } from './strip-python.ts';

/** Agent files that travel only with the modules that import them. */
const LATER_FILES: readonly string[] = [];

/** Native modules that travel with every boot: because nearly every playbook uses them. */
const BOOT_MODULES = ['command', 'shell', 'ping', 'stat', 'file', 'copy'];

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

/** The modules of the agent that this one imports, themselves included, without those that are there from the boot. */
function withImports(name: string, sources: Sources, boot: Sources): Sources {
  const found: Sources = {};
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const text = sources[next];
    if (text === undefined || next in found || next in boot) continue;
    found[next] = text;
    for (const [, package_, names = ''] of text.matchAll(/^ *(?:from (\S+) )?import (.+)$/gm)) {
      const imported = names.split(',').map((word) => word.trim().split(' ')[0] ?? '');
      waiting.push(
        ...(package_ === undefined ? imported : [package_, ...imported.map((word) => `${package_}.${word}`)]),
      );
    }
  }
  return found;
}

function build(): void {
  const core = readSources(source, '');
  const modules = readSources(join(source, 'modules'), 'modules.');
  const all: Sources = { ...core, ...modules };
  const boot: Sources = pick(
    core,
    Object.keys(core).filter((name) => !LATER_FILES.includes(name)),
  );
  for (const name of BOOT_MODULES) Object.assign(boot, withImports(`modules.${name}`, all, boot));
  const payload = compress(JSON.stringify(boot));
  const native: Record<string, string> = {};
  for (const name of Object.keys(modules)) {
    if (name in boot) continue;
    native[name.slice('modules.'.length)] = compress(JSON.stringify(withImports(name, all, boot))).toString(
      'base64',
    );
  }
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'boot.bin'), payload);
  writeFileSync(join(target, 'first-stage.py'), firstStage(payload.length));
  writeFileSync(join(target, 'native.json'), JSON.stringify(native));
  report(all, boot, payload.length);
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
