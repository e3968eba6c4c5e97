/** Each floor imports only what stands below it, nothing goes in circles, and each package has one owner. */

import { expect, test } from 'vitest';
import { importedFile, importsOf, productSources, type Source, sources } from './sources.ts';

const SHARED = ['base', 'template', 'project', 'plan', 'modules', 'wire', 'store', 'secrets', 'report'].map(
  (name) => `shared/${name}`,
);

/** What each floor may import besides itself, as DESIGN's table of floors says. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  'shared/base': [],
  'shared/template': ['shared/base'],
  'shared/project': ['shared/base', 'shared/template'],
  'shared/plan': ['shared/base', 'shared/template', 'shared/project'],
  // Bundles cross to the target, so their shape is wire's.
  'shared/modules': ['shared/base', 'shared/wire'],
  'shared/wire': ['shared/base'],
  'shared/store': ['shared/base', 'shared/wire'],
  'shared/secrets': ['shared/base'],
  'shared/report': ['shared/base', 'shared/wire'],
  'functions/host': SHARED.filter((floor) => floor !== 'shared/report'),
  'functions/controller': SHARED,
  cli: [...SHARED, 'functions/host', 'functions/controller'],
};

/** Files at the edge of a floor that put together what others offer. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  // Both functions have one kind of environment and load projects alike.
  'functions/controller/handler.ts': ['functions/host'],
};

/** The folders, or files, that may use a package. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/client-dynamodb': ['shared/store'],
  '@aws-sdk/client-lambda': ['cli/cloud', 'cli/doctor'],
  '@aws-sdk/client-s3': ['shared/store'],
  '@aws-sdk/client-secrets-manager': ['shared/secrets'],
  '@aws-sdk/client-ssm': ['shared/secrets'],
  '@aws/durable-execution-sdk-js': [
    'functions/controller/durable-stage-runner.ts',
    'functions/controller/handler.ts',
    'functions/host/handler.ts',
  ],
  bcryptjs: ['shared/template/filters'],
  ssh2: ['functions/host/session'],
  yaml: ['shared/project'],
};

/** Test-time folders may use these as well. */
const TOOL_PACKAGES = [
  'vitest',
  'vitest/config',
  'esbuild',
  '@aws/durable-execution-sdk-js-testing',
  ...Object.keys(OWNERS),
];

const floorOf = (name: string): string =>
  Object.keys(FLOORS).find((floor) => name.startsWith(`${floor}/`)) ?? name.split('/')[0] ?? '';

test('there are sources to look at', () => {
  expect(productSources.length).toBeGreaterThan(100);
});

test('floors import only what stands below them', () => {
  const wrong = productSources.flatMap((source) =>
    localImports(source)
      .filter((imported) => imported.endsWith('.ts'))
      .map((imported) => ({ from: floorOf(source.name), to: floorOf(imported), imported }))
      .filter(({ to }) => !(EDGES[source.name] ?? []).includes(to))
      .filter(({ from, to }) => from !== to && !(FLOORS[from] ?? []).includes(to))
      .map(({ imported }) => `${source.name} imports ${imported}`),
  );
  expect(wrong).toEqual([]);
});

/** What each part of the template engine may import of the others, besides the files that all of them share. */
const TEMPLATE_PARTS: Readonly<Record<string, readonly string[]>> = {
  python: [],
  dates: ['python'],
  formats: ['python', 'dates'],
  jmespath: ['python', 'formats'],
  ip: ['python'],
  syntax: ['python'],
  compile: ['python', 'syntax'],
};

const templatePart = (name: string): string | undefined => /^shared\/template\/(\w+)\//.exec(name)?.[1];

test('the parts of the template engine stand on each other', () => {
  const wrong = productSources.flatMap((source) => {
    const part = templatePart(source.name) ?? '';
    const allowed = TEMPLATE_PARTS[part];
    if (allowed === undefined) return [];
    return localImports(source)
      .filter((imported) => ![undefined, part, ...allowed].includes(templatePart(imported)))
      .map((imported) => `${source.name} imports ${imported}`);
  });
  expect(wrong).toEqual([]);
});

test('no file imports itself by a detour', () => {
  const graph = new Map(sources.map((source) => [source.name, runtimeImports(source)]));
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): string[] => {
    if (way.includes(name)) return [[...way.slice(way.indexOf(name)), name].join(' → ')];
    if (done.has(name)) return [];
    done.add(name);
    return (graph.get(name) ?? []).flatMap((next) => visit(next, [...way, name]));
  };
  expect([...graph.keys()].flatMap((name) => visit(name, []))).toEqual([]);
});

test('each package is used by its owner only', () => {
  const wrong = sources.flatMap((source) =>
    importsOf(source)
      .map(({ specifier }) => specifier)
      .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .filter((specifier) => !mayUse(source, specifier))
      .map((specifier) => `${source.name} imports ${specifier}`),
  );
  expect(wrong).toEqual([]);
});

function mayUse({ name }: Source, specifier: string): boolean {
  if (!productSources.some((source) => source.name === name)) return TOOL_PACKAGES.includes(specifier);
  return (OWNERS[specifier] ?? []).some((owner) => name === owner || name.startsWith(`${owner}/`));
}

function localImports(source: Source): string[] {
  return importsOf(source).flatMap(({ specifier }) => importedFile(source, specifier) ?? []);
}

function runtimeImports(source: Source): string[] {
  return importsOf(source)
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .flatMap(({ specifier }) => importedFile(source, specifier) ?? []);
}
