/** Where modules and their `module_utils` are looked for. */

/** The disk as module search sees it; made at the edge. */
export type ModuleDeps = {
  /** A file's bytes, or undefined when there is no such file. */
  readonly read: (path: string) => Uint8Array | undefined;
  /** Names in a directory; empty when there is none. */
  readonly list: (path: string) => readonly string[];
  /** Parses the `meta/runtime.yml` files that say where modules have moved to. */
  readonly parseYaml: (text: string) => unknown;
};

/** What finding needs: the disk, and what is known of moved modules. */
export type ModuleSources = ModuleDeps & {
  readonly redirectOf: (wanted: Routed, search: ModuleSearch) => Redirect | undefined;
};

/** A name in the routing of a collection, without the collection's. */
export type Routed = {
  readonly collection: string;
  readonly section: 'module_utils' | 'modules';
  readonly name: string;
};

/** What became of a name: moved to another, or gone, with the sentence that says so. */
export type Redirect = { readonly to: string } | { readonly tombstone: string };

/** The places, in the order they are asked. */
export type ModuleSearch = {
  /** `library` directories: the role's, those beside the playbooks, ANSIBLE_LIBRARY. */
  readonly libraries: readonly string[];
  /** `module_utils` directories of the same places, ANSIBLE_MODULE_UTILS. */
  readonly moduleUtils: readonly string[];
  /** Directories that hold `ansible_collections`. */
  readonly collectionsPaths: readonly string[];
  /** Collections that short names are looked up in before ansible.builtin. */
  readonly collections: readonly string[];
  /** The content of the `ansible` package; without it only what stands in the other places is found. */
  readonly coreDirectory: string | undefined;
};
