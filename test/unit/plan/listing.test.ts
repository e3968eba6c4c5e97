/** Listings against what ansible-playbook lists (recorded by test/record/listing.py). */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseRunArguments } from '../../../cli/arguments.ts';
import { listingText } from '../../../shared/plan/listing.ts';
import { diskFiles } from '../../../shared/project/disk-files.ts';
import { everyKeyword } from '../../../shared/project/inheritance.ts';
import { loadPlaybook } from '../../../shared/project/load-playbook.ts';
import type { Play, Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { noAws } from '../no-aws.ts';

const DIRECTORY = join(import.meta.dirname, '../../cases/listing');
const CASES: Record<string, string> = JSON.parse(readFileSync(join(DIRECTORY, 'recorded.json'), 'utf8'));

for (const [command, text] of Object.entries(CASES)) {
  test(command, () => {
    const parsed = parseRunArguments(['site.yml', ...command.split(' ')]);
    if (parsed.kind !== 'run') throw new Error(parsed.kind);
    const { listing, skipTags, tags } = parsed.request;
    const selection = { only: tags.length === 0 ? ['all'] : tags, skip: skipTags };
    const plays = loadPlays().map((play) => ({
      play,
      title: typeof play.name === 'string' ? play.name : patternsOf(play).join(','),
      patterns: patternsOf(play),
      hosts: ['beta'],
    }));
    expect(listingText('site.yml', plays, { ...listing, selection, tagsOf })).toBe(text);
  });
}

function loadPlays(): readonly Play[] {
  const files = diskFiles({ environment: {}, homeDirectory: '/', workingDirectory: DIRECTORY });
  const loaded = loadPlaybook('site.yml', {
    files,
    rolesPath: [],
    collectionsPaths: [],
    environment,
    trees: new Map(),
  });
  expect(loaded.diagnostics).toEqual([]);
  return loaded.value.plays;
}

function tagsOf(level: Play | Task): string[] {
  return everyKeyword(level, 'tags').flat().map(String);
}

function patternsOf(play: Play): string[] {
  return [play.hosts].flat().map(String);
}

/** Nothing of the case is a template. */
const environment: Environment = {
  scope: { resolve: () => undefined, names: () => [] },
  options: { native: false, strictUndefined: true, extensions: [] },
  local: {
    readFile: () => undefined,
    writeFile: () => undefined,
    stat: () => undefined,
    glob: () => [],
    environment: () => undefined,
    aws: noAws,
    realPath: (path) => path,
    fetch: () => Promise.resolve({ kind: 'failed', why: 'there is no network' }),
    run: async () => ({ exitCode: 1, stdout: new Uint8Array() }),
  },
  memory: { once: (_key, ask) => ask(), later: () => null },
  now: () => 0,
  randomBytes: (length) => new Uint8Array(length),
  parseYaml: () => [],
  decrypt: (text) => text,
  searchPath: [],
  config: () => undefined,
};
