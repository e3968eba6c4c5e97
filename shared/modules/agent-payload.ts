/** What a target needs to become an agent: the built files of `scripts/build-agent.ts`, ready to send. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, deflateSync } from 'node:zlib';

import type { ModuleBundle } from '../wire/module-bundle.ts';

/**
 * What the target prints while it boots, each on a line of its own. Whatever comes before `alive` is chatter of the
 * login; frames begin right behind `received`. `noPython` ends the boot, with exit code 127.
 */
export const BOOT_MARKERS = {
  alive: 'sortie:alive\n',
  received: 'sortie:received\n',
  noPython: 'sortie:no-python\n',
} as const;

/** Where to look for a Python: first the distributions' own, because only that one has their bindings (apt, dnf). */
const PYTHONS: readonly string[] = [
  '/usr/bin/python3',
  '/usr/libexec/platform-python',
  'python3',
  ...Array.from({ length: 9 }, (_, index) => `python3.${14 - index}`),
  'python',
];

/** Runs in the login shell's `sh`: `$0` is the first stage, the arguments are the candidates. */
const FIND_PYTHON =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's, not ours.
  'for p;do shift;command -v "${p%% *}" >/dev/null 2>&1&&exec $p -c "$0" "$0" "$@";done;echo sortie:no-python;exit 127';

export type AgentPayload = {
  /** Written to the boot command's standard input, exactly these bytes, then frames. */
  readonly boot: Uint8Array;
  /** The command line to execute on the target; `python` is a path, a name, or `auto`. */
  readonly command: (python: string) => string;
  /** What to load before the native module runs, in order: none when it is there from the boot; undefined when it is not native. */
  readonly native: (module: string) => readonly ModuleBundle[] | undefined;
};

/** What `scripts/build-agent.ts` writes: `first-stage.py`, `boot.bin` and `native.json`. */
export type AgentFiles = {
  readonly firstStage: string;
  readonly boot: Uint8Array;
  readonly native: NativeParts;
};

/** The agent's parts that are sent when first used: as text, because many texts pack better together than one by one. */
type NativeParts = {
  readonly sources: Readonly<Record<string, string>>;
  /** For each module, the names of what to load before it runs, in order. */
  readonly needs: Readonly<Record<string, readonly string[]>>;
};

/** Reads the built files; throws when they are not there, because nothing works without them. */
export function loadAgentFiles(directory: string): AgentFiles {
  return {
    firstStage: readFileSync(join(directory, 'first-stage.py'), 'utf8'),
    boot: readFileSync(join(directory, 'boot.bin')),
    native: parseNative(JSON.parse(readFileSync(join(directory, 'native.json'), 'utf8'))),
  };
}

/** What to send to a target, from the built files' contents. */
export function agentPayloadOf({ firstStage, boot, native }: AgentFiles): AgentPayload {
  const bundles = new Map<string, ModuleBundle>();
  const bundleOf = (name: string): ModuleBundle => {
    const bundle = bundles.get(name) ?? packPart(name, native.sources[name] ?? '');
    bundles.set(name, bundle);
    return bundle;
  };
  const needs = new Map(Object.entries(native.needs));
  return {
    boot,
    command: (python) => bootCommand(firstStage, python),
    native: (module) => needs.get(module)?.map(bundleOf),
  };
}

/** Reads the built files of a directory and makes them ready to send. */
export function loadAgentPayload(directory: string): AgentPayload {
  return agentPayloadOf(loadAgentFiles(directory));
}

function bootCommand(firstStage: string, python: string): string {
  const candidates = python === 'auto' ? PYTHONS : [python];
  return `sh -c '${FIND_PYTHON}' '${firstStage}' ${candidates.map(shellWord).join(' ')}`;
}

/** A leading `~` stays bare, so that the login shell expands it. */
function shellWord(word: string): string {
  return /^~?[\w./+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function packPart(name: string, source: string): ModuleBundle {
  const blob = deflateSync(JSON.stringify({ [name]: source }), { level: constants.Z_BEST_COMPRESSION });
  return { name, kind: 'native', blob };
}

function parseNative(data: unknown): NativeParts {
  return data as NativeParts;
}
