/** Puts questions of the same moment together, for services that answer several at once. */

/** Asks for up to `most` names in one call what is asked for in the same turn of the event loop; each name once. */
export function gatherNames<T>(
  ask: (names: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  most: number,
): (name: string) => Promise<T | undefined> {
  let waiting = new Map<string, PromiseWithResolvers<T | undefined>>();
  const sendAll = (): void => {
    const asked = [...waiting];
    waiting = new Map();
    for (let first = 0; first < asked.length; first += most) void send(asked.slice(first, first + most));
  };
  const send = async (
    asked: readonly (readonly [string, PromiseWithResolvers<T | undefined>])[],
  ): Promise<void> => {
    try {
      const answers = await ask(asked.map(([name]) => name));
      for (const [name, { resolve }] of asked) resolve(answers.get(name));
    } catch (error) {
      for (const [, { reject }] of asked) reject(error);
    }
  };
  return (name) => {
    const known = waiting.get(name);
    if (known !== undefined) return known.promise;
    if (waiting.size === 0) setImmediate(sendAll);
    const answer = Promise.withResolvers<T | undefined>();
    waiting.set(name, answer);
    return answer.promise;
  };
}
