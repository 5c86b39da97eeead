// Everything by keyboard alone: twenty answers, and the whole way from signing in to the first answer.
import { answers, call, expect, expectReady, newPerson, nextVote, openDesk, test, vote } from './fixtures';

test('twenty answers by keyboard alone', async ({ page, context }) => {
  await newPerson(context);
  await openDesk(page);
  const seen = new Set<string>();
  for (let number = 0; number < 20; number++) {
    const { status, sent } = await vote(page, (['1', '2', '3', '1'] as const)[number % 4]!);
    expect(status).toBe(201);
    seen.add(sent.assignment_id);
  }
  expect(seen.size).toBe(20);
  expect((await call(context, 'get', '/me')).votes_total).toBe(20);
});

test('from signing in to an answer, a look and an undo without a mouse', async ({ page, context, words }) => {
  const account = await newPerson(context);
  await context.clearCookies();
  await page.goto('/');
  await expect(page.locator('h1')).toBeVisible();

  /** Presses Tab until what is focused has this name. */
  const tabTo = async (name: string | RegExp, role: 'link' | 'button' | 'textbox' = 'link') => {
    const goal = page.getByRole(role, { name, exact: typeof name === 'string' });
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      const hits = await goal.evaluateAll((found) => found.includes(document.activeElement as never));
      if (hits) return;
    }
    throw new Error(`forty presses of Tab do not reach ${name}`);
  };

  await tabTo(words.nav.signIn);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/sign-in');
  await page.locator('#email').focus();
  await page.keyboard.type(account.email);
  await page.keyboard.press('Tab');
  while (!(await page.locator('#password').evaluate((field) => field === document.activeElement)))
    await page.keyboard.press('Tab');
  await page.keyboard.type(account.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/classify');
  await expectReady(page);

  // Answers can be reached by Tab as well as by their own keys, and the focus can be seen.
  const first = nextVote(page);
  await tabTo(new RegExp(`^${words.answers.unsure}`), 'button');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
  expect(outline).not.toBe('none');
  await page.keyboard.press('Enter');
  expect((await first).sent.answer).toBe('unsure');
  if ((await first).body.feedback) {
    await page.waitForTimeout(450);
    await page.keyboard.press('Enter');
  }
  await expectReady(page);

  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog');
  await expect(sheet).toBeVisible();
  // The focus stays within a dialog and comes back after it.
  for (let presses = 0; presses < 8; presses++) {
    await page.keyboard.press('Tab');
    expect(
      await page.evaluate(
        () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
      ),
    ).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect(answers(page).first()).toBeVisible();
});

// Nothing may trap the keyboard: on every page Tab goes round and comes back to the start.
for (const path of ['/', '/about', '/status', '/sign-up', '/tutorial/what', '/contact']) {
  test(`Tab goes through ${path} and out again`, async ({ page }) => {
    await page.goto(path);
    await expect(page.locator('h1')).toBeVisible();
    const visited: string[] = [];
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press('Tab');
      const here = await page.evaluate(() => {
        const { activeElement: at } = document;
        if (!at || at === document.body) return '';
        const box = at.getBoundingClientRect();
        const hidden = box.width === 0 || getComputedStyle(at).visibility === 'hidden';
        return `${hidden ? 'hidden ' : ''}${at.tagName} ${at.id} ${at.textContent?.trim().slice(0, 30)} ${Math.round(box.x)},${Math.round(box.y + scrollY)}`;
      });
      if (here === '' || here === visited[0]) return;
      expect(here).not.toMatch(/^hidden /);
      visited.push(here);
    }
    expect(visited).toHaveLength(0);
  });
}
