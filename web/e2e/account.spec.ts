// Accounts: signing up, in and out, a forgotten password, settings, where one is signed in, and the end.
import { linkFromLetter } from '../tools/people.js';
import {
  call,
  expect,
  expectAccessible,
  newAccount,
  newPerson,
  openDesk,
  signIn,
  test,
  vote,
} from './fixtures';

const submit = '#content form .primary';

test('a second account with the same address is refused beside the field', async ({
  page,
  account,
  words,
}) => {
  await page.goto('/sign-up');
  await page.locator('#email').fill(account.email);
  await page.locator('#display_name').fill('Someone else');
  await page.locator('#password').fill(account.password);
  await page.locator(submit).click();
  await expect(page.locator('#email-error')).toHaveText(words.problems.address_taken);
  await expect(page.locator('#email')).toBeFocused();
  // What was typed is kept, and the complaint goes as soon as the address changes.
  await expect(page.locator('#display_name')).toHaveValue('Someone else');
  await page.locator('#email').fill('someone@example.org');
  await expect(page.locator('#email-error')).toBeHidden();
});

test('a password that everybody guesses is refused beside the field', async ({ page, words }) => {
  const account = newAccount();
  await page.goto('/sign-up');
  await page.locator('#email').fill(account.email);
  await page.locator('#display_name').fill(account.name);
  await page.locator('#password').fill('password');
  await page.locator(submit).click();
  await expect(page.locator('#password-error')).toHaveText(words.problems.common_password);
});

test('a wrong password is refused without saying which of the two is wrong', async ({
  page,
  account,
  words,
}) => {
  await page.goto('/sign-in');
  await signIn(page, { ...account, password: 'not the password' });
  await expect(page.getByRole('alert')).toContainText(words.problems.wrong_credentials);
  await expectAccessible(page);
});

test('an unreachable server is reported and nothing that was typed is lost', async ({
  page,
  account,
  words,
}) => {
  await page.goto('/sign-in');
  await page.route('**/api/v1/session', (route) => route.abort());
  await signIn(page, account);
  await expect(page.getByRole('alert')).toContainText(words.problems.network);
  await page.unroute('**/api/v1/session');
  await page.locator(submit).click();
  await page.waitForURL('**/classify');
});

test('a forgotten password is replaced through a letter, and its link works once', async ({
  page,
  context,
  browser,
  words,
}) => {
  const account = await newPerson(context);
  // Another device stays signed in until the password changes.
  const elsewhere = await browser.newContext();
  await call(elsewhere, 'post', '/session', { email: account.email, password: account.password });
  await context.clearCookies();

  await page.goto('/sign-in');
  await page.getByRole('link', { name: words.account.signIn.forgotten }).click();
  await page.waitForURL('**/forgot');
  await page.locator('#email').fill(account.email);
  await page.locator(submit).click();
  await expect(page.getByRole('heading', { name: words.account.forgot.sentTitle })).toBeVisible();
  await expectAccessible(page);

  // The page with letters of this machine shows it; its link leads to the form.
  await linkFromLetter(context, account.email, /\S*\/reset#\S+/);
  await page.goto('/dev/mail');
  const letter = page.locator('article', { hasText: account.email }).filter({ hasText: '/reset#' });
  const link = await letter.locator('a[href*="/reset#"]').first().getAttribute('href');
  await page.goto(new URL(link!).pathname + new URL(link!).hash);
  const password = 'a new password of six words';
  await page.locator('#password').fill(password);
  await page.locator(submit).click();
  await page.waitForURL('**/classify');

  expect((await elsewhere.request.get(`${process.env.LENSFINDER_URL}/api/v1/me`)).status()).toBe(401);
  await elsewhere.close();
  await context.clearCookies();
  await page.goto(new URL(link!).pathname + new URL(link!).hash);
  await page.locator('#password').fill('another try with the link');
  await page.locator(submit).click();
  await expect(page.getByText(words.problems.link_not_valid)).toBeVisible();
  await page.goto('/sign-in');
  await signIn(page, { ...account, password });
  await page.waitForURL('**/classify');
});

test('an address that has no account gets the same answer', async ({ page, words }) => {
  await page.goto('/forgot');
  await page.locator('#email').fill('nobody-at-all@example.org');
  await page.locator(submit).click();
  await expect(page.getByRole('heading', { name: words.account.forgot.sentTitle })).toBeVisible();
});

test('settings are kept with the account and go along to another device', async ({
  page,
  context,
  browser,
  words,
}) => {
  const account = await newPerson(context);
  await page.goto('/settings');
  const text = words.account.settings;
  await page.locator('#display_name').fill('Nova');
  await page.getByRole('button', { name: text.you.save }).click();
  await expect(page.getByText(text.saved)).toBeVisible();
  await page.getByRole('main').getByLabel(text.onSite.theme).selectOption('dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect.poll(async () => (await call(context, 'get', '/me')).settings.theme).toBe('dark');
  await expectAccessible(page);

  const elsewhere = await browser.newContext({ baseURL: process.env.LENSFINDER_URL ?? '', locale: 'en-GB' });
  await call(elsewhere, 'post', '/session', { email: account.email, password: account.password });
  const other = await elsewhere.newPage();
  await other.goto('/settings');
  await expect(other.locator('#display_name')).toHaveValue('Nova');
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'dark');

  // Both are listed; the other can be ended from here.
  await page.reload();
  await page
    .getByRole('region', { name: text.sessions.title })
    .getByRole('button', { name: /^Sign out:/ })
    .first()
    .click();
  await expect(page.getByText(text.sessions.ended)).toBeVisible();
  expect((await elsewhere.request.get(`${process.env.LENSFINDER_URL}/api/v1/me`)).status()).toBe(401);
  await elsewhere.close();
});

test('signing out ends the session', async ({ page, context, words }) => {
  const account = await newPerson(context);
  await page.goto('/about');
  await page.getByRole('button', { name: words.nav.signedInAs(account.name) }).click();
  await page.getByRole('button', { name: words.nav.signOut }).click();
  await page.waitForURL((url) => url.pathname === '/');
  await page.goto('/classify');
  await expect(page.getByRole('heading', { name: words.classify.gate.title })).toBeVisible();
});

test('an account is deleted with its password, and its answers stay', async ({ page, context, words }) => {
  const account = await newPerson(context);
  await openDesk(page);
  await vote(page, '1');
  const slug = 'demo';
  const votes = async () => (await call(context, 'get', `/projects/${slug}/status`)).votes as number;
  const before = await votes();
  await page.goto('/settings');
  const text = words.account.settings.data;
  await page.getByRole('button', { name: text.delete, exact: true }).click();
  const dialog = page.getByRole('dialog', { name: text.deleteTitle });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  await page.locator('#deletion-password').fill('not the password');
  await dialog.getByRole('button', { name: text.confirm }).click();
  await expect(page.locator('#deletion-password-error')).toHaveText(words.problems.wrong_password);
  await page.locator('#deletion-password').fill(account.password);
  await dialog.getByRole('button', { name: text.confirm }).click();
  await page.waitForURL((url) => url.pathname === '/');
  await expect(page.getByText(text.done)).toBeVisible();
  expect(await votes()).toBeGreaterThanOrEqual(before);
  await page.goto('/sign-in');
  await signIn(page, account);
  await expect(page.getByRole('alert')).toContainText(words.problems.wrong_credentials);
});
