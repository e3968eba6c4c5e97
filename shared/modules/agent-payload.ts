/** What a target needs to become an agent: the built files of `scripts/build-agent.ts`, ready to send. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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
  readonly native: string;
};

/** Reads the built files; throws when they are not there, because nothing works without them. */
export function loadAgentFiles(directory: string): AgentFiles {
  return {
    firstStage: readFileSync(join(directory, 'first-stage.py'), 'utf8'),
    boot: readFileSync(join(directory, 'boot.bin')),
    native: readFileSync(join(directory, 'native.json'), 'utf8'),
  };
}

/** What to send to a target, from the built files' contents. */
export function agentPayloadOf({ firstStage, boot, native }: AgentFiles): AgentPayload {
  const { blobs, needs } = parseNative(JSON.parse(native));
  return {
    boot,
    command: (python) => bootCommand(firstStage, python),
    native: (module) => needs.get(module)?.flatMap((name) => blobs.get(name) ?? []),
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

type Native = {
  readonly blobs: ReadonlyMap<string, ModuleBundle>;
  readonly needs: ReadonlyMap<string, readonly string[]>;
};

function parseNative(data: unknown): Native {
  const { blobs, needs } = data as {
    blobs: Readonly<Record<string, string>>;
    needs: Readonly<Record<string, readonly string[]>>;
  };
  const bundles = Object.entries(blobs).map(
    ([name, blob]) => [name, { name, kind: 'native', blob: Buffer.from(blob, 'base64') }] as const,
  );
  return { blobs: new Map(bundles), needs: new Map(Object.entries(needs)) };
}
