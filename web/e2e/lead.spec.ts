// What leads do: writing news in both languages, publishing, withdrawing; reading letters. And admins:
// giving roles.
import {
  call,
  expect,
  expectAccessible,
  expectFitsAndTouchable,
  newPerson,
  settle,
  signedInAs,
  test,
} from './fixtures';
import type { Browser, Page } from '@playwright/test';
import { verify } from '../tools/people.js';

/** Somebody else's browser. */
async function guestOf(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ baseURL: process.env.LENSFINDER_URL ?? '', locale: 'en-GB' });
  return context.newPage();
}

test('news is written in both languages, published, read, and withdrawn', async ({
  page,
  browser,
  words,
}) => {
  await signedInAs(page, 'lead');
  const text = words.lead.editor;
  const stamp = Date.now();
  const title = `A look back ${stamp}`;
  await page.goto('/lead/news');
  await page.getByRole('link', { name: words.lead.articles.newNews }).click();
  const field = (name: string, place: number) => page.getByRole('textbox', { name }).nth(place);
  // Chinese and English, side by side.
  await field(text.titleField, 0).fill(`回顾 ${stamp}`);
  await field(text.body, 0).fill('我们看了**很多**。');
  await field(text.titleField, 1).fill(title);
  await field(text.body, 1).fill('We saw **much**. <script>alert(1)</script>');
  await page.getByRole('button', { name: text.save }).click();
  await expect(page.getByText(text.saved, { exact: true }).first()).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: text.publish, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: text.publish }).click();
  await expect(page.getByText(text.published)).toBeVisible();

  const guest = await guestOf(browser);
  await guest.goto('/news');
  await guest.getByRole('link', { name: title }).click();
  await expect(guest.getByRole('heading', { level: 1 })).toHaveText(title);
  await expect(guest.locator('strong', { hasText: 'much' })).toBeVisible();
  await settle(guest);
  await expectAccessible(guest);
  expect(await guest.locator('#content script').count()).toBe(0);
  const address = guest.url();
  await guest.goto(`${address}?lang=zh`);
  await expect(guest.getByRole('heading', { level: 1 })).toHaveText(`回顾 ${stamp}`);

  await page.getByRole('button', { name: text.withdraw, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: text.withdraw }).click();
  await expect(page.getByText(text.withdrawn)).toBeVisible();
  const gone = await guest.goto(address);
  expect(gone?.status()).toBeLessThan(500);
  await expect(guest.getByText(title)).toHaveCount(0);
  await guest.context().close();
});

test('a discovery is published with its finders and its place on the sky', async ({ page, browser }) => {
  await signedInAs(page, 'lead');
  const stamp = Date.now();
  const both = (en: string, zh: string) => ({ en, zh });
  const draft = await call(page.context(), 'post', '/lead/articles', {
    kind: 'discovery',
    content: {
      slug: `an-arc-${stamp}`,
      title: both(`An arc ${stamp}`, `一条弧 ${stamp}`),
      summary: both('Blue, and thin.', '蓝色，很细。'),
      body: both('## Where\n\nBeside the second galaxy.', '## 在哪里\n\n在第二个星系旁边。'),
      discovery: { finders: ['Mira', '张衡'], grade: 'b', ra_deg: 150.25, dec_deg: -3.5 },
    },
  });
  await call(page.context(), 'put', `/lead/articles/${draft.id}/publication`, { revision: 1 });
  const guest = await guestOf(browser);
  for (const lang of ['en', 'zh']) {
    await guest.goto(`/discoveries/an-arc-${stamp}?lang=${lang}`);
    await expect(guest.getByRole('heading', { level: 1 })).toContainText(String(stamp));
    await expect(guest.getByText('张衡')).toBeVisible();
    await settle(guest);
    await expectFitsAndTouchable(guest);
    await expectAccessible(guest);
  }
  await guest.context().close();
});

test('a letter of a guest reaches the leads and can be put aside', async ({ page, browser, words }) => {
  const letter = `The button is too small ${Date.now()}`;
  const guest = await guestOf(browser);
  await guest.goto('/contact');
  await guest.getByRole('textbox', { name: words.contact.text }).fill(letter);
  await guest.getByRole('button', { name: words.contact.send }).click();
  await expect(guest.getByText(words.contact.sent)).toBeVisible();
  await guest.context().close();
  await signedInAs(page, 'lead');
  await page.goto('/lead/feedback');
  await expect(page.getByText(letter)).toBeVisible();
  await expectAccessible(page);
});

test('an admin finds a person and gives a role, which is on record', async ({ page, browser, words }) => {
  const theirs = await browser.newContext();
  const account = await newPerson(theirs);
  await verify(theirs, account);
  await signedInAs(page, 'admin');
  const text = words.account.people;
  await page.goto('/admin/people');
  await page.getByLabel(text.search).fill(account.email);
  await page.getByRole('button', { name: text.find }).click();
  await page
    .getByRole('button', { name: text.changeOf(account.name) })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: words.account.roles.expert }).check();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: text.save }).click();
  await expect(page.getByText(text.saved(account.name, words.account.roles.expert))).toBeVisible();
  expect((await call(theirs, 'get', '/me')).role).toBe('expert');
  await theirs.close();
});

test('others see none of it', async ({ page, context, words }) => {
  await newPerson(context);
  for (const path of ['/lead', '/lead/news', '/lead/feedback']) {
    await page.goto(path);
    await expect(page.getByRole('main').getByText(words.gate.notYours)).toBeVisible();
  }
});
