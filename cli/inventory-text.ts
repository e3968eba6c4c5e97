/** The JSON and YAML in which `sortie inventory` prints. */

import type { Dict } from '../shared/base/value.ts';
import { emitYaml } from '../shared/template/filters/yaml-emitter.ts';
import { representYaml } from '../shared/template/filters/yaml-represent.ts';
import { dumpJson } from '../shared/template/formats/json.ts';
import { TemplateError } from '../shared/template/template-error.ts';

export type ListingText = { readonly text: string; readonly warnings: readonly string[] };

const JSON_INDENT = 4;
const YAML_INDENT = 2;
const YAML_WIDTH = 80;

/** The text of an inventory or of one host's variables. */
export function formatListing(listing: Dict, isYaml: boolean): ListingText {
  return isYaml ? { text: yamlText(listing), warnings: [] } : jsonText(listing);
}

function jsonText(listing: Dict): ListingText {
  const layout = { indent: JSON_INDENT, ensureAscii: false };
  try {
    return { text: dumpJson(listing, { ...layout, sortKeys: true }), warnings: [] };
  } catch (error) {
    if (!(error instanceof TemplateError) || error.pythonType !== 'TypeError') throw error;
    const warning = `Could not sort JSON output due to issues while sorting keys: ${error.message}`;
    return { text: dumpJson(listing, layout), warnings: [warning] };
  }
}

function yamlText(listing: Dict): string {
  const node = representYaml(listing, { isFlow: false, defaultStyle: '', sortKeys: true });
  return emitYaml(node, {
    indent: YAML_INDENT,
    width: YAML_WIDTH,
    isUnicode: true,
    explicitStart: false,
    explicitEnd: false,
    canonical: false,
  });
}
