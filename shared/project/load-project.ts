/** Loads all that a run is made of: inventory, variables and playbooks. */

import { resolve } from 'node:path';
import { type Checked, type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import type { Dict, Value } from '../base/value.ts';
import { isVaulted, openVault, type VaultSecret } from '../base/vault.ts';
import type { Environment, LocalPort } from '../template/environment.ts';
import { asTemplate } from '../template/python/special.ts';
import { renderValue } from '../template/render.ts';
import { createEnvironment, dictLayer } from '../template/scope.ts';
import { TemplateError } from '../template/template-error.ts';
import type { Config } from './config/load-config.ts';
import { vaultRules } from './config/vault-secrets.ts';
import type { ProjectFiles } from './files.ts';
import { parseLimit } from './host-pattern.ts';
import type { Inventory } from './inventory/inventory.ts';
import { loadInventory } from './inventory/load-inventory.ts';
import { loadPlaybook } from './load-playbook.ts';
import type { LoadDeps } from './loading.ts';
import type { Playbook } from './model.ts';
import { parseExtraVars } from './variables/extra-vars.ts';
import { type InventoryVariables, inventoryVariables } from './variables/inventory-variables.ts';
import { parseYamlText } from './yaml-text.ts';

/** A loaded project: what controller and host functions work from. */
export type Project = {
  readonly config: Config;
  readonly secrets: readonly VaultSecret[];
  readonly inventory: Inventory;
  /** Reads the inventory's sources anew. */
  readonly readInventory: () => Checked<Inventory>;
  readonly limit: readonly string[] | undefined;
  readonly extraVars: Dict;
  readonly playbooks: readonly Playbook[];
  /** The inventory's variables as the plays of one playbook directory see them. */
  readonly variablesFor: (directory: string | undefined) => InventoryVariables;
  /** For includes at run time. */
  readonly loadDeps: LoadDeps;
  /** An environment that knows what is known before any host: extra vars, and `vars` on top of nothing. */
  readonly environment: (vars: readonly Dict[]) => Environment;
};

export type ProjectRequest = {
  readonly playbooks: readonly string[];
  readonly inventory: readonly string[];
  readonly limit: string | undefined;
  readonly extraVars: readonly string[];
};

export type ProjectDeps = {
  readonly config: Config;
  readonly secrets: readonly VaultSecret[];
  readonly files: ProjectFiles;
  readonly local: LocalPort;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
} & Pick<LoadDeps, 'isKnownAction' | 'noteRole'>;

/** Loads everything and collects what is wrong. The value may be used only when no diagnostic is an error. */
export function loadProject(request: ProjectRequest, deps: ProjectDeps): Checked<Project> {
  const diagnostics: Diagnostic[] = [];
  const take = <T>(checked: Checked<T>): T => {
    diagnostics.push(...checked.diagnostics.flatMap(judge));
    return checked.value;
  };
  const { files, config, secrets } = deps;
  const judge = judgeDuplicates(config.text('DUPLICATE_YAML_DICT_KEY'));
  const reader = { files, secrets, vaultRules: vaultRules(config) };
  const hashBehaviour = config.text('DEFAULT_HASH_BEHAVIOUR') === 'merge' ? 'merge' : 'replace';
  const extraVars = take(parseExtraVars(request.extraVars, { ...reader, hashBehaviour }));
  const inventorySources =
    request.inventory.length > 0 ? request.inventory : config.list('DEFAULT_HOST_LIST');
  const bare = staticEnvironment(new Map(), deps);
  const constructed = {
    render: (template: string, vars: Dict) => renderValue(asTemplate(template), bare([vars])),
    extraVars,
  };
  const readInventory = (): Checked<Inventory> =>
    loadInventory(inventorySources, { ...reader, config, constructed });
  const inventory = take(readInventory());
  const limit = request.limit === undefined ? undefined : take(parseLimit(request.limit, files));
  const environment = staticEnvironment(extraVars, deps);
  const loadDeps: LoadDeps = {
    files,
    rolesPath: config.list('DEFAULT_ROLES_PATH'),
    collectionsPaths: config.list('COLLECTIONS_PATHS'),
    environment: environment([]),
    trees: new Map(),
    ...(deps.isKnownAction === undefined ? {} : { isKnownAction: deps.isKnownAction }),
    ...(deps.noteRole === undefined ? {} : { noteRole: deps.noteRole }),
  };
  const canLoad = !hasErrors(diagnostics);
  const playbooks = canLoad ? request.playbooks.map((path) => take(loadPlaybook(path, loadDeps))) : [];
  const variables = new Map<string | undefined, InventoryVariables>();
  const variablesFor = (playbookDirectory: string | undefined): InventoryVariables => {
    const known =
      variables.get(playbookDirectory) ?? inventoryVariables({ ...reader, config, playbookDirectory });
    variables.set(playbookDirectory, known);
    return known;
  };
  return {
    value: {
      config,
      secrets,
      inventory,
      readInventory,
      limit,
      extraVars,
      playbooks,
      variablesFor,
      loadDeps,
      environment,
    },
    diagnostics,
  };
}

/** DUPLICATE_YAML_DICT_KEY: what becomes of a key that stands twice in a dict of YAML. */
function judgeDuplicates(wish: string | undefined): (found: Diagnostic) => readonly Diagnostic[] {
  return (found) => {
    if (found.code !== 'yaml-duplicate-key') return [found];
    if (wish === 'ignore') return [];
    return [wish === 'error' ? { ...found, severity: 'error' } : found];
  };
}

/** Environments for what is rendered without a host: names of imports, `hosts`, `serial`, play names. */
function staticEnvironment(extraVars: Dict, deps: ProjectDeps): Project['environment'] {
  const { config, files, local, now, randomBytes, secrets } = deps;
  return (vars) =>
    createEnvironment(
      [extraVars, ...vars].map((each) => dictLayer(each)),
      {
        options: renderOptions(config),
        local,
        memory: { once: (_key, ask) => ask(), later: (key) => refuse(key) },
        now,
        randomBytes,
        parseYaml: parseYamlText,
        decrypt: (ciphertext, file) => decrypt(ciphertext, { secrets, config, file }),
        searchPath: [resolve(files.workingDirectory)],
        config: (name) => config.get(name),
      },
    );
}

/** How templates are rendered in this run. */
export function renderOptions(config: Config): Environment['options'] {
  return {
    native: config.flag('DEFAULT_JINJA2_NATIVE'),
    strictUndefined: config.flag('DEFAULT_UNDEFINED_VAR_BEHAVIOR'),
    extensions: (config.text('DEFAULT_JINJA2_EXTENSIONS') ?? '').split(',').filter((name) => name !== ''),
  };
}

export type DecryptOptions = {
  readonly secrets: readonly VaultSecret[];
  readonly config: Config;
  /** The file that is decrypted, for messages. */
  readonly file?: string | undefined;
};

/** The plain text of a vaulted one. Throws TemplateError. */
export function decrypt(ciphertext: string, { config, file, secrets }: DecryptOptions): string {
  if (!isVaulted(ciphertext)) return ciphertext;
  const opened = openVault(ciphertext, secrets, {
    ...vaultRules(config),
    ...(file === undefined ? {} : { file }),
  });
  if (opened.kind === 'refused') throw new TemplateError('runtime', 'AnsibleVaultError', opened.message);
  return new TextDecoder().decode(opened.plaintext);
}

function refuse(key: string): Value {
  throw new TemplateError(
    'lookup',
    'AnsibleError',
    `${key} is not available before the first host is reached`,
  );
}
