/** What a run is asked to do: the command line, or an event, as plain data. What is absent, the configuration decides. */

export type RunRequest = {
  /** Paths of playbooks, in order. */
  readonly playbooks: readonly string[];
  /** Inventory sources as given: paths, or host lists with a comma. Empty: the configured ones. */
  readonly inventory: readonly string[];
  readonly limit?: string;
  /** As given, in order: `key=value …`, JSON or YAML text, or `@file`. */
  readonly extraVars: readonly string[];
  /** Split at commas; empty: the configured ones. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly isCheckMode: boolean;
  readonly isDiff?: boolean;
  readonly forks?: number;
  readonly strategy?: string;
  /** The number of `-v`, to be added to the configured verbosity. */
  readonly verbosity: number;
  readonly forceHandlers?: boolean;
  readonly flushCache: boolean;
  readonly startAtTask?: string;
  readonly isStep: boolean;
  readonly modulePaths: readonly string[];
  readonly listing: ListingRequest;
  readonly connection: ConnectionRequest;
  readonly become: BecomeOptions;
  readonly vault: VaultRequest;
  /** A single task instead of playbooks. */
  readonly adHoc?: AdHocRequest;
};

/** One task for the hosts of a pattern. */
export type AdHocRequest = {
  readonly pattern: string;
  readonly module: string;
  /** As given: `key=value …`, a command line, or a JSON object. */
  readonly args: string;
  /** Stands for the directory of a playbook. */
  readonly directory?: string;
  readonly backgroundSeconds?: number;
  readonly pollSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly isOneLine: boolean;
};

/** Show instead of run; several can be asked for together. */
export type ListingRequest = {
  readonly hosts: boolean;
  readonly tasks: boolean;
  readonly tags: boolean;
  readonly syntaxCheck: boolean;
};

export type ConnectionRequest = {
  readonly kind?: string;
  readonly user?: string;
  readonly privateKeyFile?: string;
  readonly timeoutSeconds?: number;
  readonly sshCommonArgs?: string;
  readonly sshExtraArgs?: string;
  readonly scpExtraArgs?: string;
  readonly sftpExtraArgs?: string;
  readonly askPassword: boolean;
  readonly passwordFile?: string;
};

export type BecomeOptions = {
  readonly enabled?: boolean;
  readonly method?: string;
  readonly user?: string;
  readonly askPassword: boolean;
  readonly passwordFile?: string;
};

export type VaultRequest = {
  /** `name@source` or `source`, in order. */
  readonly ids: readonly string[];
  readonly passwordFiles: readonly string[];
  readonly askPassword: boolean;
};
