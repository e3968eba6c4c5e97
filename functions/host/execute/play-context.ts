/** What all tasks of a play share, whatever the host: settings, project, inventory and the way to other hosts. */

import type { Checked } from '../../../shared/base/diagnostic.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Block, Node, Play, Role, Task } from '../../../shared/project/model.ts';
import type { Environment, LocalPort, RenderOptions } from '../../../shared/template/environment.ts';
import type { HostVars } from './host-state.ts';

/** Of the command line and configuration: what tasks inherit when neither play nor task says otherwise. */
export type RunSettings = {
  readonly isCheckMode: boolean;
  readonly isDiff: boolean;
  readonly verbosity: number;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly startAtTask: string | undefined;
  readonly become: boolean;
  readonly becomeUser: string | undefined;
  readonly becomeMethod: string | undefined;
  readonly becomePassword: string | undefined;
  readonly connection: string | undefined;
  readonly connectionPassword: string | undefined;
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

/** The inventory as tasks see it; the controller replaces it after add_host and group_by. */
export type InventoryView = {
  readonly hosts: () => readonly string[];
  readonly hasHost: (name: string) => boolean;
  /** Group name → its hosts, as the variable `groups`. */
  readonly groups: () => Dict;
  readonly groupNames: (host: string) => readonly string[];
  /** Merged raw variables of the inventory and of host_vars and group_vars beside it and beside the playbook. */
  readonly vars: (host: string) => Dict;
  readonly sourceOf: (host: string) => string | undefined;
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
  readonly tasks: (file: string, include: Task) => Checked<readonly Block[]>;
  readonly role: (options: Dict, include: Task) => Checked<Role & { readonly blocks: readonly Block[] }>;
};

export type PlayContext = {
  readonly play: Play;
  /** The play's nodes with gather_facts first and a flush of handlers after each part. */
  readonly nodes: readonly Node[];
  readonly handlers: readonly Node[];
  readonly settings: RunSettings;
  readonly config: (name: string) => Value | undefined;
  readonly configFile: string | undefined;
  readonly renderOptions: RenderOptions;
  readonly extraVars: Dict;
  readonly promptVars: Dict;
  readonly inventory: InventoryView;
  readonly hosts: PlayHosts;
  /** What another host's tasks had set when it arrived at the task at hand. Asked only after a sync. */
  readonly varsOf: (host: string) => HostVars;
  readonly include: IncludeLoader;
  readonly local: LocalPort;
  readonly decrypt: Environment['decrypt'];
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
};
