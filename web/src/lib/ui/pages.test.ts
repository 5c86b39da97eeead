// Pages of a list: forwards, back, appended, and the newest request wins.
import { expect, it } from 'vitest';
import { Pages } from './pages.svelte';

const server = (all: number[], size: number) => async (after?: string) => {
  const from = Number(after ?? 0);
  const next = from + size < all.length ? String(from + size) : null;
  return { data: { items: all.slice(from, from + size), next } };
};

it('goes forwards to the end and back to the start', async () => {
  const list = new Pages(server([1, 2, 3, 4, 5], 2));
  await list.start();
  expect([list.items, list.hasPrevious, list.hasNext]).toEqual([[1, 2], false, true]);
  await list.next();
  await list.next();
  expect([list.items, list.number, list.hasNext]).toEqual([[5], 3, false]);
  await list.next();
  expect(list.number).toBe(3);
  await list.previous();
  expect(list.items).toEqual([3, 4]);
  await list.reload();
  expect(list.items).toEqual([3, 4]);
});

it('appends', async () => {
  const list = new Pages(server([1, 2, 3], 2));
  await list.start();
  await list.more();
  expect([list.items, list.hasNext]).toEqual([[1, 2, 3], false]);
});

it('an empty list is only empty once that is known', async () => {
  const list = new Pages(server([], 2));
  expect(list.isEmpty).toBe(false);
  await list.start();
  expect(list.isEmpty).toBe(true);
});

it('a late answer to an older request changes nothing', async () => {
  const waiting: ((items: number[]) => void)[] = [];
  const list = new Pages(
    () =>
      new Promise<{ data: { items: number[]; next: null } }>((resolve) =>
        waiting.push((items) => resolve({ data: { items, next: null } })),
      ),
  );
  const old = list.start();
  const fresh = list.start();
  waiting[1]?.([2]);
  await fresh;
  waiting[0]?.([1]);
  await old;
  expect(list.items).toEqual([2]);
});

it('a problem keeps what is shown', async () => {
  let isBroken = false;
  const list = new Pages<number>(async () =>
    isBroken ? { problem: { code: 'network', status: 0 } } : { data: { items: [1], next: 'x' } },
  );
  await list.start();
  isBroken = true;
  await list.next();
  expect([list.items, list.number, list.problem?.code]).toEqual([[1], 1, 'network']);
});
