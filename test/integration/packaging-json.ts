/** Looks into JSON of unknown shape: what is not there is undefined, what is no list is an empty one. */

export type Json = unknown;

export function record(value: Json): Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** Follows keys, or indices written as keys. */
export function at(value: Json, ...keys: readonly string[]): Json {
  return keys.reduce<Json>((inside, key) => record(inside)[key], value);
}

export function list(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function jsonText(value: Json): string {
  return JSON.stringify(value) ?? '';
}
