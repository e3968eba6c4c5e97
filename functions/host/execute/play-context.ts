/** What all tasks of a play share, whatever the host: settings, project, inventory and the way to other hosts. */

import type { Checked } from '../../../shared/base/diagnostic.ts';
import type { Secret } from '../../../shared/base/secret.ts';
import type { Dict } from '../../../shared/base/value.ts';
import type { Included, RoleRequest } from '../../../shared/project/load-included.ts';
import type { Node, Play, Task } from '../../../shared/project/model.ts';
import type { InventoryView } from '../../../shared/project/variables/inventory-variables.ts';
import type { Environment, LocalPort, RenderOptions } from '../../../shared/template/environment.ts';
import type { LocalDisk } from '../actions/local-disk.ts';
import type { HostVars } from './host-state.ts';

/** Of the command line and configuration: what tasks inherit when neither play nor task says otherwise. */
export type RunSettings = {
  readonly isCheckMode: boolean;
  readonly isDiff: boolean;
  readonly noLog: boolean;
  readonly verbosity: number;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly become: boolean;
  readonly becomeUser: string | undefined;
  readonly becomeMethod: string | undefined;
  readonly becomePassword: Secret | undefined;
  readonly connection: string | undefined;
  readonly connectionPassword: Secret | undefined;
  readonly remoteUser: string | undefined;
  /** Who runs the playbook: the login user of hosts for which nobody says another one. */
  readonly localUser: string;
  readonly privateKeyFile: string | undefined;
  readonly sshArguments: readonly string[];
  readonly timeoutSeconds: number;
  readonly limit: string | undefined;
  readonly inventorySources: readonly string[];
  readonly forks: number;
  readonly forceHandlers: boolean;
};

export type PlayHosts = {
  readonly all: readonly string[];
  /** Hosts of the play that have not failed. */
  readonly active: readonly string[];
  /** Of these, those of the serial batch at hand. */
  readonly batch: readonly string[];
};

/** Loads what include tasks name, at run time. */
export type IncludeLoader = {
  /** `file` is rendered; its place is searched beside the including file, in the role, beside the playbook. */
  readonly tasks: (file: string, include: Task) => Checked<Included>;
  readonly role: (request: RoleRequest, include: Task) => Checked<Included>;
};

/** The machine that runs the playbook. */
export type LocalMachine = LocalPort & {
  /** For actions, which are started when nothing on its way can change the disk. */
  readonly disk: LocalDisk;
  readonly terminal: Terminal;
};

/** Where somebody may be reading, and answering. */
export type Terminal = {
  /** Prints a line. */
  readonly show: (text: string) => void;
  /** Prints a warning. */
  readonly warn: (text: string) => void;
  /** Waits for a line or for a time, whichever is asked for; undefined when nobody is there. */
  readonly wait: ((options: WaitOptions) => Promise<WaitEnd>) | undefined;
};

export type WaitOptions = {
  /** Shown first, once an answer can be taken. */
  readonly lines: readonly string[];
  /** Shows what is typed. */
  readonly echo: boolean;
  /** Undefined: until the end of a line. */
  readonly milliseconds: number | undefined;
};

/** Whoever interrupts is asked whether to go on. */
export type WaitEnd = { readonly kind: 'aborted' } | { readonly kind: 'over'; readonly typed: string };

export type PlayContext = {
  readonly play: Play;
  /** The play's nodes with gather_facts first and a flush of handlers after each part. */
  readonly nodes: readonly Node[];
  readonly handlers: readonly Node[];
  readonly settings: RunSettings;
  readonly config: Environment['config'];
  readonly configFile: string | undefined;
  readonly renderOptions: RenderOptions;
  readonly extraVars: Dict;
  readonly promptVars: Dict;
  readonly inventory: InventoryView;
  readonly hosts: PlayHosts;
  /** `gathering = smart`: hosts whose facts are known are not asked again. */
  readonly isSmartGathering: boolean;
  /** `strategy: linear` was asked for: hosts meet at every task. */
  readonly isLockStep: boolean;
  /** What another host's tasks had set when it arrived at the task at hand. Asked only after a sync. */
  readonly varsOf: (host: string) => HostVars;
  readonly include: IncludeLoader;
  readonly local: LocalMachine;
  readonly decrypt: Environment['decrypt'];
  readonly parseYaml: Environment['parseYaml'];
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
};
