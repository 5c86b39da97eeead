// The typed client of the server's API, and the names that the app uses for its shapes. The types
// come from openapi.json (`npm run schema`); schema.test.ts fails when they drift apart.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Me = components['schemas']['Me'];
export type Project = components['schemas']['Project'];
export type Assignment = components['schemas']['Assignment'];
export type Answer = components['schemas']['Answer'];
export type Feedback = components['schemas']['Feedback'];
export type Status = components['schemas']['Status'];
export type Round = components['schemas']['Round'];

export const ANSWERS = ['no_lens', 'unsure', 'lens'] as const satisfies readonly Answer[];

/** Looks up `fetch` at each call, so that the code also loads where there is none. */
export const api = createClient<paths>({ baseUrl: '/', fetch: (request) => globalThis.fetch(request) });
