// The roles in order, as the server names them.
import type { Person } from '#lib/api/client';

export type Role = Person['role'];
export const ROLES = [
  'volunteer',
  'expert',
  'researcher',
  'lead',
  'admin',
] as const satisfies readonly Role[];
