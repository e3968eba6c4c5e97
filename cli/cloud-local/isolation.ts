/** The command line of an environment that can write nowhere but to its own /tmp, and sees no checkout. */

export type IsolatedCommand = {
  readonly node: string;
  readonly nodeArguments: readonly string[];
  /** The function's directory; it is seen as /mnt/task. */
  readonly directory: string;
  /** Directories that appear empty: the project's own, above all. */
  readonly hidden: readonly string[];
};

export const isolatedDirectory = '/mnt/task';

/**
 * Runs in a mount namespace of its own, for which it must be root. The function's directory and Node are bound below
 * /mnt first, because both may lie in directories that are hidden next.
 */
const SCRIPT = `
set -e
node=$1 directory=$2 hidden=$3
shift 3
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/task
: > /mnt/node
mount --bind "$directory" /mnt/task
mount --bind "$node" /mnt/node
while [ "$hidden" -gt 0 ]; do
  [ ! -d "$1" ] || mount -t tmpfs -o ro tmpfs "$1"
  shift
  hidden=$((hidden - 1))
done
mount -t tmpfs -o size=512m tmpfs /tmp
while read -r _ point type _; do
  case $type in
    proc | sysfs | cgroup* | devpts | devtmpfs | mqueue) continue ;;
  esac
  case $point in
    /tmp | /proc/* | /sys/*) continue ;;
  esac
  point=$(printf %b "$point")
  # What lies below a directory that is hidden now cannot be reached anyway.
  [ ! -e "$point" ] || mount -o remount,bind,ro "$point"
done < /proc/self/mounts
cd /mnt/task
exec /mnt/node "$@"
`;

/** The arguments of `unshare`, which ends up being the Node process itself. */
export function isolate({ directory, hidden, node, nodeArguments }: IsolatedCommand): readonly string[] {
  const paths = [node, directory, String(hidden.length), ...hidden];
  return ['-m', '--', 'sh', '-c', SCRIPT, 'environment', ...paths, ...nodeArguments];
}
