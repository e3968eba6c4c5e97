/** The end of a run that the user's playbook asks for by a mistake found while it runs. */

/** Thrown where Ansible stops the whole run with `ERROR! …`; `message` is what the user reads. */
export class RunAbort extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RunAbort';
  }
}
