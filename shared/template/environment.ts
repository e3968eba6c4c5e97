/** What a render reads from outside: variables, functions, files, and answers that must not be asked twice. */

import type { AwsValues } from '../base/aws-values.ts';
import type { Value } from '../base/value.ts';
import type { TextOrigin } from './text-origin.ts';

/** Where names come from. One scope belongs to one task on one host (and one loop item). */
export type Scope = {
  /**
   * The rendered value of a variable, or undefined when no layer has it. Lazily renders templates, and caches.
   * May throw Suspension (a result in flight, another host) or TemplateError.
   */
  readonly resolve: (name: string) => Value | undefined;
  /**
   * What the layers hold for a variable before it is rendered. Ansible's rules for a lone `{{ name }}`, and its
   * messages about undefined variables inside variables, look at it; without it the rendered value stands in.
   */
  readonly raw?: (name: string) => Value | undefined;
  /** All names that `resolve` knows, for `vars`, `varnames` and hints. */
  readonly names: () => Iterable<string>;
  /** Where the texts in what the layers hold for a variable come from. */
  readonly textsOf?: (name: string) => TextOrigin | undefined;
};

/** Options of rendering, as ansible.cfg and the template module set them. */
export type RenderOptions = {
  /** ANSIBLE_JINJA2_NATIVE: keep Python types of whole expressions instead of Ansible's literal guessing. */
  readonly native: boolean;
  /** None prints as `None`: in files that the template module renders while everything else is native. */
  readonly printsNone?: boolean;
  /** DEFAULT_UNDEFINED_VAR_BEHAVIOR: undefined variables raise. */
  readonly strictUndefined: boolean;
  /** DEFAULT_JINJA2_EXTENSIONS, e.g. `jinja2.ext.do`, `jinja2.ext.loopcontrols`. */
  readonly extensions: readonly string[];
};

/** The files and processes that lookups and file tests reach, on the machine that runs the playbook. */
export type LocalPort = {
  /** A file's bytes, or undefined when there is none. Decrypts vaulted files. */
  readonly readFile: (path: string) => Uint8Array | undefined;
  readonly writeFile: (path: string, content: Uint8Array, mode: number) => void;
  readonly stat: (path: string, followLinks: boolean) => LocalStat | undefined;
  /** Paths that match a shell glob, sorted. */
  readonly glob: (pattern: string) => readonly string[];
  readonly environment: (name: string) => string | undefined;
  /** All that is below a directory, nothing where there is none; links are not followed. Absent where nothing can be walked. */
  readonly walk?: (directory: string) => readonly TreeEntry[];
  /** An absolute path with all symbolic links followed, as far as it exists. */
  readonly realPath: (path: string) => string;
  /** Runs `sh -c command` to its end. */
  readonly run: (
    command: string,
    cwd: string,
  ) => Promise<{ readonly exitCode: number; readonly stdout: Uint8Array }>;
  readonly fetch: (request: WebRequest) => Promise<WebAnswer>;
  /** Whether a name has an address, or an address a name. Absent where nobody can be asked. */
  readonly isResolvable?: (host: string) => Promise<boolean>;
  /** Parameters and secrets of AWS. */
  readonly aws: () => AwsValues;
  /** What templates may tell of their own file. Absent where nothing is known. */
  readonly describeFile?: (path: string) => FileDescription;
};

/** Whose a file is, on which machine, and when it was changed last. */
export type FileDescription = { readonly host: string; readonly owner: string; readonly modifiedMs: number };

/** A page to fetch. */
export type WebRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly isCertificateChecked: boolean;
  readonly mayRedirect: boolean;
  /** Names of headers that are not sent to where a redirect leads. */
  readonly unredirectedHeaders?: readonly string[];
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  /** Without being asked for them. */
  readonly sendsCredentialsAtOnce: boolean;
  readonly socketPath: string | undefined;
  /** A file of certificates to trust. */
  readonly authorityFile: string | undefined;
};

/** What came of fetching a page: any status counts as an answer; `why` is in the words of Python. */
export type WebAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly reason: string;
      readonly content: Uint8Array;
    }
  | { readonly kind: 'failed'; readonly why: string };

/** What stands at a path; `size` in bytes. */
export type LocalStat = {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly size: number;
  readonly inode: number;
  readonly device: number;
};

/** What `walk` finds: a directory comes before what is in it. */
export type TreeEntry = {
  /** Relative to where the walk began. */
  readonly path: string;
  readonly kind: LocalStat['kind'];
  /** Permission bits. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  readonly uid: number;
  readonly gid: number;
  /** Names, where the machine knows them. */
  readonly owner: string | undefined;
  readonly group: string | undefined;
  readonly modifiedMs: number;
  readonly changedMs: number;
  /** Where a link points to. */
  readonly target: string | undefined;
};

/** Answers that must stay the same when a task's templates are rendered again. One memory belongs to one task on one host. */
export type TaskMemory = {
  /** The remembered answer for `key`, or the one that `ask` gives now. */
  readonly once: (key: string, ask: () => Value) => Value;
  /** As {@link TaskMemory.once} for what takes time: suspends the render until the answer is there. Errors are remembered too. */
  readonly later: (key: string, ask: () => Promise<Value>) => Value;
};

/** Everything that filters, tests, globals and lookups may use beside their arguments. */
export type Environment = {
  readonly scope: Scope;
  readonly options: RenderOptions;
  readonly local: LocalPort;
  /** Prints a warning, along with the task that is rendered. */
  readonly warn?: (text: string) => void;
  readonly memory: TaskMemory;
  /** Milliseconds since the epoch; ask through `memory.once`. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /**
   * The documents of a YAML text as PyYAML's safe loader reads them; strings stay plain. Raises TemplateError with
   * PyYAML's words.
   */
  readonly parseYaml: (text: string) => readonly Value[];
  /** Turns the envelope of a vaulted text into its plain text, or throws TemplateError. */
  readonly decrypt: (ciphertext: string, file?: string) => string;
  /**
   * Directories in which relative files of lookups and template includes are searched, nearest first, each also
   * with the sub-directory for the kind of file (`files`, `templates`, `vars`): role, task file, playbook.
   */
  readonly searchPath: readonly string[];
  /** A configuration setting by Ansible's name, for the `config` lookup. */
  readonly config: (
    name: string,
    /** Reads the variables that may override it for one host or task. */
    variable?: (name: string) => Value | undefined,
  ) => Value | undefined;
};
