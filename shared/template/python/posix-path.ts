/** Python's `os.path` on POSIX and `ntpath` for the win_* filters: pure functions over texts. */

/** `os.path.join`. */
export function joinPath(first: string, ...rest: readonly string[]): string {
  let path = first;
  for (const part of rest) {
    if (part.startsWith('/')) path = part;
    else path += path === '' || path.endsWith('/') ? part : `/${part}`;
  }
  return path;
}

/** `os.path.basename`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `os.path.dirname`. */
export function directoryName(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '');
}

/** `os.path.splitext`. */
export function splitExtension(path: string): [string, string] {
  const base = baseName(path);
  const dot = base.lastIndexOf('.');
  if (dot < 0 || /^\.*$/.test(base.slice(0, dot))) return [path, ''];
  const at = path.length - base.length + dot;
  return [path.slice(0, at), path.slice(at)];
}

/** `os.path.normpath`. */
export function normalizePath(path: string): string {
  if (path === '') return '.';
  const root = path.startsWith('//') && !path.startsWith('///') ? '//' : path.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..' || (root === '' && parts.length === 0) || parts.at(-1) === '..') parts.push(part);
    else parts.pop();
  }
  return root + parts.join('/') || '.';
}

/** `os.path.abspath`, from the given working directory. */
export function absolutePath(path: string, directory: string): string {
  return normalizePath(joinPath(directory, path));
}

/** `os.path.relpath`; both paths absolute. */
export function relativePath(path: string, start: string): string {
  const from = normalizePath(start)
    .split('/')
    .filter((part) => part !== '');
  const to = normalizePath(path)
    .split('/')
    .filter((part) => part !== '');
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared++;
  const up = new Array<string>(from.length - shared).fill('..');
  return [...up, ...to.slice(shared)].join('/') || '.';
}

/** `ntpath.splitdrive`. */
export function splitWindowsDrive(path: string): [string, string] {
  const plain = path.replaceAll('/', '\\');
  if (plain.startsWith('\\\\')) {
    const from = plain.slice(0, 8).toUpperCase() === '\\\\?\\UNC\\' ? 8 : 2;
    const server = plain.indexOf('\\', from);
    if (server < 0) return [path, ''];
    const share = plain.indexOf('\\', server + 1);
    return share < 0 ? [path, ''] : [path.slice(0, share), path.slice(share)];
  }
  return plain[1] === ':' ? [path.slice(0, 2), path.slice(2)] : ['', path];
}

function splitWindowsPath(path: string): [string, string] {
  const [drive, rest] = splitWindowsDrive(path);
  const at = Math.max(rest.lastIndexOf('/'), rest.lastIndexOf('\\')) + 1;
  const head = rest.slice(0, at);
  return [drive + (head.replace(/[/\\]+$/, '') || head), rest.slice(at)];
}

/** `ntpath.basename`. */
export function windowsBaseName(path: string): string {
  return splitWindowsPath(path)[1];
}

/** `ntpath.dirname`. */
export function windowsDirectoryName(path: string): string {
  return splitWindowsPath(path)[0];
}
