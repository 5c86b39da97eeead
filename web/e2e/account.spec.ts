// Signing up, in and out, and everything that can be wrong with it.
import { expect, newAccount, signIn, signUp, test } from './fixtures';

test('a second account with the same address is refused beside the field', async ({
  page,
  account,
  words,
}) => {
  await page.goto('/sign-up');
  await page.locator('#email').fill(account.email);
  await page.locator('#display_name').fill('Someone else');
  await page.locator('#password').fill(account.password);
  await page.locator('form .primary').click();
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
  await page.locator('form .primary').click();
  await expect(page.locator('#password-error')).toHaveText(words.signUp.fields.password);
});

test('a wrong password is refused without saying which of the two is wrong', async ({
  page,
  account,
  words,
}) => {
  await page.goto('/sign-in');
  await signIn(page, { ...account, password: 'not the password' });
  await expect(page.getByRole('alert')).toHaveText(words.problems.wrong_credentials);
});

test('an unreachable server is reported and nothing that was typed is lost', async ({
  page,
  account,
  words,
}) => {
  await page.goto('/sign-in');
  await page.route('**/api/v1/session', (route) => route.abort());
  await signIn(page, account);
  await expect(page.getByRole('alert')).toHaveText(words.problems.network);
  await page.unroute('**/api/v1/session');
  await page.locator('form .primary').click();
  await page.waitForURL('**/classify');
});

test('a page that asks for an account gets one back', async ({ page, words }) => {
  await page.goto('/classify');
  await page.getByRole('main').getByRole('link', { name: words.nav.signUp }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(words.signUp.title);
  await signUp(page, newAccount());
  await expect(page.getByRole('heading', { name: words.classify.title })).toBeVisible();
});

test('signing out ends the session', async ({ page, words }) => {
  const account = newAccount();
  await signUp(page, account);
  await page.getByRole('button', { name: words.nav.signedInAs(account.name) }).click();
  await page.getByRole('button', { name: words.nav.signOut }).click();
  await page.waitForURL((url) => url.pathname === '/');
  await page.goto('/classify');
  await expect(page.getByRole('heading', { name: words.classify.gate.title })).toBeVisible();
});
