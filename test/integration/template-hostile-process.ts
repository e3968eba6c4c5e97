/** Renders the templates on its standard input, a JSON list, and tells for each whether it ended with a value or an error. */

import { text } from 'node:stream/consumers';
import { asTemplate } from '../../shared/template/python/special.ts';
import { renderValue } from '../../shared/template/render.ts';
import { TemplateError } from '../../shared/template/template-error.ts';
import { makeEnvironment } from '../unit/template/recorded-cases.ts';

function endOf(template: string): string {
  try {
    renderValue(asTemplate(template), makeEnvironment({}, {}, false));
    return 'value';
  } catch (error) {
    if (error instanceof TemplateError) return 'error';
    throw error;
  }
}

const templates: readonly string[] = JSON.parse(await text(process.stdin));
for (const template of templates) process.stdout.write(`${endOf(template)}\n`);
