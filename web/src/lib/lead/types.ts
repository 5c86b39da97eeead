// The shapes that the leads' pages read.
export type { components } from '../api/schema';
