// The committed types are those of the committed OpenAPI document.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, it } from 'vitest';

it('schema.d.ts is what `npm run schema` makes of openapi.json', async () => {
  const document = new URL('../../../openapi.json', import.meta.url);
  const fresh = COMMENT_HEADER + astToString(await openapiTS(document));
  const committed = readFileSync(fileURLToPath(new URL('./schema.d.ts', import.meta.url)), 'utf8');
  expect(committed.trim()).toBe(fresh.trim());
});
