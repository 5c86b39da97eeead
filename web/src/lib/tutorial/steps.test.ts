// Every step has an address, and every address a step.
import { expect, it } from 'vitest';
import { stepOf, STEPS } from './steps';

const at = (path: string) => stepOf(new URL(path, 'https://lens.example'));

it('finds each step by its address', () => {
  expect(STEPS.map(at)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(STEPS.length).toBeLessThanOrEqual(8);
});

it('takes an address with other things in it for the first step of its tab', () => {
  expect(at('/tutorial/what?step=9')).toBe(0);
  expect(at('/tutorial/known?kind=ring')).toBe(6);
  expect(at('/tutorial/how?project=x')).toBe(5);
});
