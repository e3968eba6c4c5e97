/** What `sortie help` prints. */

export const helpOverview = `usage: sortie COMMAND [options]

Runs unmodified Ansible playbooks.

commands:
  doctor      look whether runs can work, and say what to do
  exec        run one module on hosts; takes the options of ansible
  inventory   show hosts, groups and variables; takes the options of ansible-inventory
  run         run playbooks; takes the options of ansible-playbook
  runs        list the runs of this directory
  show        print a stored run again
  vault       encrypt and decrypt files and strings, as ansible-vault does
  help        show this, or the help of a command: sortie help run

  --version   show the version
`;
