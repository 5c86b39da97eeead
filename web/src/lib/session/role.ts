// What a person may do, as far as the pages care: what is shown. The server decides.

const RANKS = ['volunteer', 'expert', 'researcher', 'lead', 'admin'] as const;
export type Role = (typeof RANKS)[number];

/** Whether somebody has this role or a higher one; nobody has none. */
export function isAtLeast(person: { role: Role } | null | undefined, role: Role): boolean {
  return person !== null && person !== undefined && RANKS.indexOf(person.role) >= RANKS.indexOf(role);
}
