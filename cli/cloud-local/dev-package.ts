/** Emulators are no part of what Sortie installs: they are loaded when they are asked for. */

/** Loads a package; the error says how to install it. */
export async function loadDevPackage(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(
      `The local cloud needs the package ${name}. Install it beside sortie: npm install ${name}`,
    );
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
