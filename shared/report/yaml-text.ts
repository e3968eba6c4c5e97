import type { Value } from '../base/value.ts';
export function formatYaml(
  _value: Value,
  _options: { readonly indent?: number; readonly isLossy: boolean },
): string {
  return '';
}
