/** The names of modules as their registry has them. */

/** The name without `ansible.builtin.`. */
export function ownName(name: string): string {
  return name.replace(/^ansible\.(builtin|legacy)\./, '');
}
