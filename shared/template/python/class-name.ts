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

const CONFIGPARSER = /^(?:Duplicate|Interpolation|MissingSection|NoOption|NoSection|Parsing)\w*Error$/;

const VAULT = /^AnsibleVault/;

/** `<class 'ZeroDivisionError'>`, `<class 'ansible.errors.AnsibleError'>`. */
export function pythonClass(pythonType: string): string {
  return `<class '${fullClassName(pythonType)}'>`;
}

/** With the module that has the class: `ansible.errors.AnsibleError`. */
export function fullClassName(pythonType: string): string {
  if (JINJA.has(pythonType)) return `jinja2.exceptions.${pythonType}`;
  if (VAULT.test(pythonType)) return `ansible.parsing.vault.${pythonType}`;
  if (CONFIGPARSER.test(pythonType)) return `configparser.${pythonType}`;
  if (pythonType === 'JSONDecodeError') return 'json.decoder.JSONDecodeError';
  return ANSIBLE.test(pythonType) ? `ansible.errors.${pythonType}` : pythonType;
}
