/** The filters whose text stays text when it is printed alone, as Ansible's STRING_TYPE_FILTERS setting has it. */

export const VERBATIM_FILTERS: ReadonlySet<string> = new Set([
  'json',
  'ppretty',
  'string',
  'to_json',
  'to_nice_json',
  'to_nice_yaml',
  'to_yaml',
]);
