/** Serves calls of AWS's JSON 1.1 protocol: the name in a header, the arguments and the answer as JSON. */

import type { RequestListener } from 'node:http';
import { AwsError } from './aws-error.ts';
import { errorAnswer, readBody, send, targetAction } from './http-front.ts';

export type JsonArguments = Readonly<Record<string, unknown>>;
export type JsonCall = (given: JsonArguments) => unknown;

export function serveJson(calls: ReadonlyMap<string, JsonCall>): RequestListener {
  return (request, response) => {
    const serve = async (): Promise<void> => {
      const call = calls.get(targetAction(request));
      const given = parseArguments(await readBody(request));
      if (call === undefined) {
        throw new AwsError('UnknownOperationException', `Unknown operation ${targetAction(request)}`);
      }
      const body = JSON.stringify(call(given));
      send(response, { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body });
    };
    serve().catch((error: unknown) => send(response, errorAnswer(error)));
  };
}

/** A text argument; `undefined` where there is none. */
export function textOf(given: JsonArguments, name: string): string | undefined {
  const value = given[name];
  return typeof value === 'string' ? value : undefined;
}

/** A text argument that the call cannot do without. */
export function requiredText(given: JsonArguments, name: string): string {
  const text = textOf(given, name);
  if (text === undefined) throw new AwsError('ValidationException', `${name} is required.`);
  return text;
}

/** A list of texts; empty where there is none. */
export function textsOf(given: JsonArguments, name: string): readonly string[] {
  const value = given[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function parseArguments(text: string): JsonArguments {
  return JSON.parse(text || '{}') as JsonArguments;
}
