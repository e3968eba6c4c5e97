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

/** `<class 'ZeroDivisionError'>`, `<class 'ansible.errors.AnsibleError'>`. */
export function pythonClass(pythonType: string): string {
  if (ANSIBLE.test(pythonType)) return `<class 'ansible.errors.${pythonType}'>`;
  return JINJA.has(pythonType) ? `<class 'jinja2.exceptions.${pythonType}'>` : `<class '${pythonType}'>`;
}
