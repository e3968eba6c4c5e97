/** What Ansible calls the types of values from YAML files in its messages. */

import { isDict, type Value } from '../base/value.ts';
import { Template } from '../template/python/special.ts';
import { typeName } from '../template/python/values.ts';

/** Python's name of the class that Ansible's loader gives to a value: `AnsibleMapping`, `int`. */
export function yamlTypeName(value: Value): string {
  if (isDict(value)) return 'AnsibleMapping';
  if (Array.isArray(value)) return 'AnsibleSequence';
  if (typeof value === 'string' || value instanceof Template) return 'AnsibleUnicode';
  return typeName(value);
}

/** As {@link yamlTypeName}, with the module in front, as Python prints a class. */
export function yamlTypePath(value: Value): string {
  const name = yamlTypeName(value);
  return name.startsWith('Ansible') ? `ansible.parsing.yaml.objects.${name}` : name;
}
