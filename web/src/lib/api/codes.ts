// The server's stable codes as types of their own, for the catalogues: a code that the server adds
// is then a missing key in every language.
import type { components } from './schema';

export type ProblemCode = components['schemas']['ProblemCode'];
export type MessageKey = components['schemas']['MessageKey'];
