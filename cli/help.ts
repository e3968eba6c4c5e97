/** What `sortie help` prints. */

export const helpOverview = `usage: sortie COMMAND [options]

Runs unmodified Ansible playbooks.

commands:
  cloud       run the whole cloud on this machine: sortie cloud local
  config      show the configuration, as ansible-config does: dump and view
  deploy      put the functions into an AWS account
  doctor      look whether runs can work, and say what to do
  exec        run one module on hosts; takes the options of ansible
  inventory   show hosts, groups and variables; takes the options of ansible-inventory
  push        upload a project for runs in the cloud
  run         run playbooks, here or in the cloud; takes the options of ansible-playbook
  runs        list the runs of this directory, or of the cloud
  show        print a stored run again, or follow one
  stop        stop a run in the cloud
  vault       encrypt and decrypt files and strings, as ansible-vault does
  help        show this, or the help of a command: sortie help run

  --version   show the version
`;
