// Sessions that end on the way, reservations that run out: nothing is lost, and it is said calmly.
import { call, expect, expectReady, newPerson, nextVote, openDesk, signIn, test, vote } from './fixtures';

test('a session ended from elsewhere keeps the answers that were not sent', async ({
  page,
  context,
  browser,
  words,
}) => {
  const account = await newPerson(context);
  await openDesk(page);
  await vote(page, '1');
  await expectReady(page);

  const elsewhere = await browser.newContext();
  await call(elsewhere, 'post', '/session', { email: account.email, password: account.password });
  await call(elsewhere, 'delete', '/me/sessions');
  await elsewhere.close();

  const refused = nextVote(page);
  await page.keyboard.press('3');
  const { status, sent } = await refused;
  expect(status).toBe(401);
  await page.waitForURL('**/sign-in**');
  await expect(page.getByText(words.account.signIn.ended)).toBeVisible();
  const arrived = nextVote(page);
  await signIn(page, account);
  await page.waitForURL('**/classify');
  const second = await arrived;
  expect([second.status, second.sent.id]).toEqual([201, sent.id]);
  expect((await call(context, 'get', '/me')).votes_total).toBe(2);
});

test('somebody else on the same device sends nothing of the first person', async ({
  page,
  context,
  words,
}) => {
  await newPerson(context);
  await openDesk(page);
  await page.route('**/api/v1/classifications', (route) => route.abort());
  await page.keyboard.press('3');
  await expect
    .poll(() => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('outbox')).length))
    .toBe(1);
  await page.unroute('**/api/v1/classifications');
  await context.clearCookies();
  await newPerson(context);
  await page.goto('/classify');
  await expectReady(page);
  await expect(page.getByText(words.classify.saved)).toBeAttached();
  expect((await call(context, 'get', '/me')).votes_total).toBe(0);
});

test('near the end of the reservation a calm line offers to keep the image, and keeping it works', async ({
  page,
  context,
  words,
}) => {
  await newPerson(context);
  await page.clock.install();
  await openDesk(page);
  // Away for long enough that nothing is renewed by itself, then back shortly before the end.
  await page.route('**/renewal', (route) => route.abort());
  const keep = page.getByRole('button', { name: words.classify.lease.keep });
  await page.clock.fastForward('09:00');
  await expect(keep).toBeVisible();
  await expect(page.getByText(words.classify.lease.text)).toBeVisible();
  await page.unroute('**/renewal');
  const renewed = page.waitForResponse((response) => response.url().includes('/renewal'));
  await keep.click();
  expect((await renewed).status()).toBe(200);
  await expect(keep).toBeHidden();
});

test('a reservation that has ended brings a fresh image and says so', async ({ page, context, words }) => {
  await newPerson(context);
  await page.clock.install();
  await openDesk(page);
  await page.route('**/renewal', (route) => route.abort());
  await page.clock.fastForward('11:00');
  await expect(page.getByText(words.classify.lease.over)).toBeVisible();
  await page.unroute('**/renewal');
  await expectReady(page);
  const { status } = await vote(page, '1');
  expect(status).toBe(201);
});
