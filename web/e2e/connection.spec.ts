// Bad lines: nothing that was answered is lost, nothing counts twice. What counts is what the server has.
import { type BrowserContext } from '@playwright/test';
import { call, expect, expectReady, newPerson, openDesk, readSolution, test, vote } from './fixtures';

/** All votes that the server has of this person. */
async function votesOnServer(context: BrowserContext): Promise<number> {
  return (await call(context, 'get', '/me')).votes_total as number;
}

const waiting = (page: import('@playwright/test').Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('outbox')).length);

test('answers given without a connection arrive once it is back, each once', async ({
  page,
  context,
  words,
}) => {
  await newPerson(context);
  await openDesk(page);
  await vote(page, '1');
  await expectReady(page);
  // The images behind the present one are there already.
  await page.waitForTimeout(1500);
  const before = await votesOnServer(context);
  await context.setOffline(true);
  await page.keyboard.press('1');
  await expectReady(page);
  await page.keyboard.press('2');
  await expect(page.getByText(words.classify.unsentStuck(2))).toBeVisible();
  expect(await waiting(page)).toBe(2);
  await context.setOffline(false);
  await expect.poll(() => waiting(page)).toBe(0);
  expect(await votesOnServer(context)).toBe(before + 2);
});

test('on a line that loses requests and answers, ten votes are ten votes', async ({ page, context }) => {
  test.slow();
  await newPerson(context);
  const ids = new Set<string>();
  let requests = 0;
  await page.route('**/api/v1/classifications', async (route) => {
    requests += 1;
    ids.add((route.request().postDataJSON() as { id: string }).id);
    if (requests % 4 === 1) return route.abort('connectionreset');
    if (requests % 4 === 3) {
      // The server has it, the page does not hear of it.
      await route.fetch();
      return route.abort('connectionreset');
    }
    return route.fallback();
  });
  await openDesk(page);
  for (let number = 0; number < 10; number++) {
    await expect(async () => {
      if (await page.locator('.truth .primary').isVisible()) await readSolution(page);
      await expectReady(page);
    }).toPass();
    await page.keyboard.press(String(1 + (number % 3)));
    await expect.poll(() => waiting(page), { timeout: 20_000 }).toBe(0);
  }
  expect(ids.size).toBe(10);
  expect(requests).toBeGreaterThan(10);
  expect(await votesOnServer(context)).toBe(10);
});

test('answers wait through a closed tab and are sent by the next visit to any page', async ({
  page,
  context,
}) => {
  await newPerson(context);
  await openDesk(page);
  await page.route('**/api/v1/classifications', (route) => route.abort());
  await page.keyboard.press('3');
  await expect.poll(() => waiting(page)).toBe(1);
  await page.close();
  expect(await votesOnServer(context)).toBe(0);
  const later = await context.newPage();
  await later.goto('/about');
  await expect.poll(() => waiting(later)).toBe(0);
  expect(await votesOnServer(context)).toBe(1);
});

test('two tabs at once: every answer counts once, and none is for the same image', async ({
  page,
  context,
}) => {
  await newPerson(context);
  await openDesk(page);
  const other = await context.newPage();
  await openDesk(other);
  const seen: string[] = [];
  for (let number = 0; number < 5; number++) {
    for (const tab of [page, other]) {
      await tab.bringToFront();
      const { status, sent } = await vote(tab, '1');
      expect([201, 409]).toContain(status);
      if (status === 201) seen.push(sent.assignment_id);
    }
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeGreaterThanOrEqual(8);
  expect(await votesOnServer(context)).toBe(seen.length);
});
