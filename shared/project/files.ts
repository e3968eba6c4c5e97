/** The files of a project as the loader reads them: the disk on a laptop, an unpacked archive in a function. */

export type ProjectFiles = {
  /** A file's bytes, or undefined when there is no such file. */
  readonly read: (path: string) => Uint8Array | undefined;
  readonly kind: (path: string) => 'directory' | 'executable' | 'file' | undefined;
  /** Whether everybody may write to a directory; without it none is taken to be so. */
  readonly isWorldWritable?: (path: string) => boolean;
  /** Names in a directory, sorted; empty when there is none. */
  readonly list: (path: string) => readonly string[];
  /** Runs an inventory script or vault password script to its end. What it says may go to the user at once. */
  readonly run: (
    path: string,
    args: readonly string[],
    options?: { readonly showsStderr?: boolean },
  ) => { readonly exitCode: number; readonly stdout: string; readonly stderr: string };
  readonly environment: (name: string) => string | undefined;
  readonly homeDirectory: string;
  readonly workingDirectory: string;
};
