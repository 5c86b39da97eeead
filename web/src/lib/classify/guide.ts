// What the field guide shows, in order. Each entry has a drawing of this name (lens/pictures.ts) and words.
import type { Picture } from '#lib/lens/pictures';

export const SIGNS = ['arc', 'ring', 'images', 'arclets'] as const satisfies Picture[];
export const LOOK_ALIKES = [
  'spiral',
  'ringGalaxy',
  'edge',
  'merger',
  'star',
  'trail',
] as const satisfies Picture[];

export type Entry = (typeof SIGNS)[number] | (typeof LOOK_ALIKES)[number];
