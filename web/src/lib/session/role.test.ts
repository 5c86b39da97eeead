// Higher roles include the lower ones; an unknown role and nobody have none.
import { expect, it } from 'vitest';
import { isAtLeast, type Role } from './role';

it('a role includes those below it', () => {
  expect(isAtLeast({ role: 'admin' }, 'lead')).toBe(true);
  expect(isAtLeast({ role: 'lead' }, 'lead')).toBe(true);
  expect(isAtLeast({ role: 'researcher' }, 'lead')).toBe(false);
  expect(isAtLeast({ role: 'volunteer' }, 'expert')).toBe(false);
});

it('nobody, and a role that this page does not know, have none', () => {
  expect(isAtLeast(null, 'volunteer')).toBe(false);
  expect(isAtLeast(undefined, 'volunteer')).toBe(false);
  expect(isAtLeast({ role: 'emperor' as Role }, 'volunteer')).toBe(false);
});
