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

/** Longer than the server allows itself; without it a dead connection would hold the outbox for ever. */
const TIMEOUT_MS = 35_000;

export const api = createClient<paths>({
  baseUrl: '/',
  // Small requests finish even when the page is left at that moment.
  fetch: (request) => fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS), keepalive: true }),
});
