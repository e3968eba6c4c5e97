/** How a module file is to be started, told from what is in it, as Ansible tells it. */

import type { ForeignKind } from '../wire/agent-frame.ts';

const REPLACED_IMPORT = '#<<INCLUDE_ANSIBLE_MODULE_COMMON>>';

const USES_MODULE_UTILS = new RegExp(
  [
    String.raw`from +\.{2,} *module_utils.* +import `,
    String.raw`from +ansible_collections\.[^.]+\.[^.]+\.plugins\.module_utils.* +import `,
    String.raw`import +ansible_collections\.[^.]+\.[^.]+\.plugins\.module_utils`,
    String.raw`from +ansible\.module_utils.* +import `,
    String.raw`import +ansible\.module_utils\.`,
  ].join('|'),
);

const IS_POWERSHELL =
  /#<< POWERSHELL_COMMON|#Requires -Module|#Requires -Version|#AnsibleRequires -(?:OSVersion|Powershell|CSharpUtil)/i;

/** Bytes that text has; a module with another one among its first 1024 is a program. */
const TEXT_CONTROLS: readonly number[] = [7, 8, 9, 10, 12, 13, 27];

/** The kind of a module file; undefined for PowerShell, which no target of ours runs. */
export function moduleKind(bytes: Uint8Array): ForeignKind | undefined {
  const isText = bytes
    .subarray(0, 1024)
    .every((byte) => (byte >= 0x20 && byte !== 0x7f) || TEXT_CONTROLS.includes(byte));
  if (!isText) return 'binary';
  const text = Buffer.from(bytes).toString('latin1');
  if (text.includes(REPLACED_IMPORT) || USES_MODULE_UTILS.test(text)) return 'python';
  if (IS_POWERSHELL.test(text)) return undefined;
  if (text.includes('<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>')) return 'json-args';
  return text.includes('WANT_JSON') ? 'want-json' : 'old-style';
}

/** Python source with the line that old modules have in place of an import. */
export function withRealImport(source: string): string {
  return source.replaceAll(REPLACED_IMPORT, 'from ansible.module_utils.basic import *');
}
