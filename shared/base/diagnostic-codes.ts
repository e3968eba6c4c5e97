/** Every code that a diagnostic may carry, with one sentence for docs/errors.md. */

export const diagnosticCodes = {
  'action-args': 'The arguments of a task are of a shape that no module can take.',
  'action-conflict': 'A task names more than one module: keep one, or correct a misspelled keyword.',
  'action-unknown': 'No module or action of this name is installed.',
  'action-missing': 'A task names no module.',
  'args-unbalanced': 'The quotes or template braces of a `key=value` line do not pair up.',
  'file-empty': 'An imported file has no tasks in it.',
  'file-missing': 'A file that the playbook names does not exist where Ansible looks for it.',
  'file-shape': 'A file holds another kind of data than its place demands.',
  'hosts-invalid': 'The hosts of a play are missing or no pattern.',
  'import-loop': 'A task that is imported when the playbook is loaded cannot loop.',
  'import-recursion': 'Roles, playbooks or task files import each other without end.',
  'import-undefined': 'The name of an imported file uses a variable that is not known before hosts are.',
  'include-options': 'An import or include has an option that it does not know, or lacks its file or role.',
  'keyword-type': 'A keyword has a value of the wrong type.',
  'keyword-unknown': 'A keyword that this kind of object does not have.',
  'malformed-block': 'A list of tasks is no list, or an entry of it is no task.',
  'playbook-shape': 'A playbook is not a list of plays.',
  'role-invalid': 'A role is not given by name, or its name cannot be one.',
  'role-missing': 'A role that is used does not exist in any of the places for roles.',
  'vars-invalid': 'Variables are not given as a dictionary, or a name cannot be a variable.',
  'vault-failed': 'A vaulted file could not be opened.',
  'yaml-duplicate-key': 'A key stands twice in one mapping; the last one wins.',
  'yaml-syntax': 'A file is neither YAML nor JSON.',
} as const;

export type DiagnosticCode = keyof typeof diagnosticCodes;
