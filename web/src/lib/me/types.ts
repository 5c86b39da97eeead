// The shapes of one's own pages, as the server sends them.
import type { components } from '../api/schema';

export type OwnWork = components['schemas']['OwnWork'];
export type OwnAnswer = components['schemas']['OwnAnswer'];
export type Rate = components['schemas']['OwnEye']['lenses'];
export type Worth = components['schemas']['OwnWork']['worth'];
export type VerifiedCertificate = components['schemas']['VerifiedCertificate'];
