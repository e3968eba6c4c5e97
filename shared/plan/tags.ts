/** Which tasks `--tags` and `--skip-tags` choose. */

export type TagSelection = {
  /** Of `--tags`; empty chooses as `all` does, but runs `never` too, since there is nothing to ask for by name. */
  readonly only: readonly string[];
  /** Of `--skip-tags`. */
  readonly skip: readonly string[];
};

/**
 * Whether something with these tags runs. `tags` are its own and all that it inherits, rendered, lists in it flattened.
 * https://docs.ansible.com/ansible-core/2.14/playbook_guide/playbooks_tags.html
 */
export function isSelected(tags: readonly string[], { only, skip }: TagSelection): boolean {
  const own = new Set(tags.length === 0 ? ['untagged'] : tags);
  const isTagged = own.size > 1 || !own.has('untagged');
  return isWanted(own, isTagged, only) && !isSkipped(own, isTagged, skip);
}

function isWanted(own: ReadonlySet<string>, isTagged: boolean, only: readonly string[]): boolean {
  if (only.length === 0 || own.has('always') || only.some((tag) => own.has(tag))) return true;
  if (own.has('never')) return false;
  return only.includes('all') || (isTagged && only.includes('tagged'));
}

function isSkipped(own: ReadonlySet<string>, isTagged: boolean, skip: readonly string[]): boolean {
  if (skip.includes('all')) return !own.has('always') || skip.includes('always');
  return skip.some((tag) => own.has(tag)) || (isTagged && skip.includes('tagged'));
}
