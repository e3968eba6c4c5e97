/** How Python prints the class of an exception. */

const ANSIBLE = /^Ansible/;
const JINJA = new Set([
  'SecurityError',
  'TemplateNotFound',
  'TemplateRuntimeError',
  'TemplateSyntaxError',
  'TemplatesNotFound',
  'UndefinedError',
]);

const VAULT = /^AnsibleVault/;

/** `<class 'ZeroDivisionError'>`, `<class 'ansible.errors.AnsibleError'>`. */
export function pythonClass(pythonType: string): string {
  return `<class '${JINJA.has(pythonType) ? `jinja2.exceptions.${pythonType}` : fullClassName(pythonType)}'>`;
}

/** With the module that has Ansible's class: `ansible.errors.AnsibleError`. */
export function fullClassName(pythonType: string): string {
  if (VAULT.test(pythonType)) return `ansible.parsing.vault.${pythonType}`;
  return ANSIBLE.test(pythonType) ? `ansible.errors.${pythonType}` : pythonType;
}
