// The typed client of the server's API, and the names that the app uses for its shapes. The types
// come from openapi.json (`npm run schema`); schema.test.ts fails when they drift apart.
import type { components } from './schema';

export { api } from './fetcher';

export type Me = components['schemas']['Me'];
export type Account = components['schemas']['Account'];
export type ApiToken = components['schemas']['ApiToken'];
export type DevLetter = components['schemas']['DevLetter'];
export type Person = components['schemas']['Person'];
export type RoleChange = components['schemas']['RoleChange'];
export type SignedInSession = components['schemas']['Session'];
export type Project = components['schemas']['Project'];
export type Assignment = components['schemas']['Assignment'];
export type Answer = components['schemas']['Answer'];
export type Feedback = components['schemas']['Feedback'];
export type Status = components['schemas']['Status'];
export type Round = components['schemas']['Round'];

export const ANSWERS = ['no_lens', 'unsure', 'lens'] as const satisfies readonly Answer[];
