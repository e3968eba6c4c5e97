/** The disk of the machine that runs the playbook, as actions that carry files to and from hosts need it. */

/** What stands at a path. */
export type DiskStat = {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Bytes. */
  readonly size: number;
  readonly inode: number;
  readonly device: number;
  /** Permission bits only. */
  readonly mode: number;
  readonly modifiedMs: number;
  readonly uid: number;
};

/** A file in the making; it takes its place in one step. */
export type Replacement = {
  readonly write: (piece: Uint8Array) => Promise<void>;
  /** Puts it at `path`, on the disk where it was started. */
  readonly commit: (path: string) => Promise<void>;
  /** Leaves nothing behind. Free after a commit. */
  readonly discard: () => Promise<void>;
};

export type LocalDisk = {
  readonly stat: (path: string, followLinks: boolean) => DiskStat | undefined;
  /** Names in a directory, sorted. */
  readonly list: (directory: string) => readonly string[];
  readonly readLink: (path: string) => string;
  /** The pieces of a file as it stands on the disk, vaulted or not. Throws an Error of the system when it cannot be read. */
  readonly pieces: (path: string) => Iterable<Uint8Array>;
  /** As {@link LocalDisk.pieces}, for files too long to wait for. */
  readonly stream: (path: string) => AsyncIterable<Uint8Array>;
  readonly makeDirectories: (path: string) => void;
  /** Starts a file beside `path`. It has the mode of what stands there, else that of any new file. */
  readonly replace: (path: string) => Promise<Replacement>;
  readonly hostName: () => string;
  /** The name of a user, or undefined. */
  readonly userName: (uid: number) => string | undefined;
};
