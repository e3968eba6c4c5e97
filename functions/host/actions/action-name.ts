/** The names under which playbooks know one action. */

const BUILTIN = /^ansible\.(builtin|legacy)\./;

/** `copy` for `ansible.builtin.copy` and `ansible.legacy.copy`; other names as they are. */
export function shortName(action: string): string {
  return action.replace(BUILTIN, '');
}

/** All spellings of an action, as `module_defaults` may name it. */
export function actionNames(action: string): ReadonlySet<string> {
  const short = shortName(action);
  if (short.includes('.')) return new Set([action]);
  return new Set([short, `ansible.builtin.${short}`, `ansible.legacy.${short}`]);
}
