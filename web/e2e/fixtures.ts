// What the specs share: the words of the project's language, an account that may vote once per worker, a
// page that fails the test when the browser complains, and the classify page ready.
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, expect, type Page, test as base } from '@playwright/test';
import { allWords, type AllWords } from './words';
import { call, newAccount, newPerson as person } from '../tools/people.js';

export { call, newAccount };

export interface Options {
  language: 'en' | 'zh';
}
export interface Account {
  email: string;
  password: string;
  name: string;
}
type State = Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['storageState']>>;

interface Fixtures {
  words: AllWords;
  isPhone: boolean;
  /** A page whose person is signed in. */
  signedIn: Page;
}
interface WorkerFixtures {
  /** Runs before everything else. */
  speaking: void;
  account: Account & { state: State };
}

export async function signIn(page: Page, account: Account): Promise<void> {
  await page.locator('#email').fill(account.email);
  await page.locator('#password').fill(account.password);
  await page.locator('form .primary').click();
}

/** The language of the project that this worker runs. */
let spoken: Options['language'] = 'en';

/** Somebody who may vote, signed in; the account speaks the language of the project. */
export const newPerson = (context: BrowserContext, account: Account = newAccount()): Promise<Account> =>
  person(context, account, spoken);

export const test = base.extend<Fixtures & Options, WorkerFixtures>({
  language: ['en', { option: true }],

  words: async ({ language }, use) => use(allWords[language]),

  isPhone: async ({ viewport }, use) => use((viewport?.width ?? 1280) < 720),

  speaking: [
    // Playwright reads what a fixture needs from these braces.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use, worker) => {
      spoken = (worker.project.use as Partial<Options>).language ?? 'en';
      await use();
    },
    { scope: 'worker', auto: true },
  ],

  account: [
    async ({ browser }, use) => {
      const context = await browser.newContext();
      const account = await newPerson(context);
      const { cookies } = await context.storageState();
      await context.close();
      await use({ ...account, state: { cookies, origins: [] } });
    },
    { scope: 'worker' },
  ],

  page: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // A refused request is the server's good right; what matters is what the page makes of it.
      const isRefusal = message.text().startsWith('Failed to load resource');
      const isMissingPage = message.text().includes('Not found: /nowhere');
      if (message.type() === 'error' && !isRefusal && !isMissingPage) complaints.push(message.text());
    });
    await use(page);
    expect(complaints, 'errors in the console, such as a violated content policy').toEqual([]);
  },

  signedIn: async ({ page, account }, use) => {
    await page.context().addCookies(account.state.cookies);
    await use(page);
  },
});

export { expect };

/** Signs the page's person in as the lead or the admin that setup.ts made; skips where there are none. */
export async function signedInAs(page: Page, role: 'lead' | 'admin'): Promise<void> {
  const known = process.env[`E2E_${role.toUpperCase()}`];
  base.skip(!known, 'needs LENSFINDER_CLAIM');
  const { email, password } = JSON.parse(known ?? '') as Account;
  await call(page.context(), 'post', '/session', { email, password });
}

/** Waits until what is fetched is there and what moves has come to rest. */
export async function settle(page: Page): Promise<void> {
  await expect(page.locator('h1').first()).toBeAttached();
  await expect(page.locator('footer, .desk, .gate').first()).toBeAttached();
  await expect(page.locator('.skeleton')).toHaveCount(0);
  await rest(page);
}

/** Waits until what moves or changes colour has come to rest. */
async function rest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    // Two frames, for what the last answer of the server has changed.
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const moving = document.getAnimations().map((animation) => animation.finished);
    await Promise.race([Promise.allSettled(moving), new Promise((resolve) => setTimeout(resolve, 400))]);
  });
}

/** WCAG 2.2 AA as far as a program can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  // In the middle of a change of colour no contrast holds.
  await rest(page);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
  );
  expect(found).toEqual([]);
}

/** No sideways scrolling, and everything that can be pressed is large enough for a finger. */
export async function expectFitsAndTouchable(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const complaints: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) complaints.push('the page scrolls sideways');
    const targets =
      'button, select, summary, input:not([type=checkbox], [type=radio], [type=range]), nav a, a.button';
    for (const element of document.querySelectorAll<HTMLElement>(targets)) {
      const { width, height } = element.getBoundingClientRect();
      const isForMachines = element.matches('.visually-hidden');
      if (width > 0 && !isForMachines && (width < 43.5 || height < 43.5)) {
        complaints.push(`${element.tagName} "${element.textContent?.trim()}" is ${width} × ${height}`);
      }
    }
    return complaints;
  });
  expect(found).toEqual([]);
}

/** Opens the page for classifying and waits until an answer would be taken. */
export async function openDesk(page: Page): Promise<void> {
  await page.goto('/classify');
  await expectReady(page);
}

export const answers = (page: Page) =>
  page.getByRole('group', { name: /lens\?|透镜了吗/ }).getByRole('button');

export async function expectReady(page: Page): Promise<void> {
  await expect(answers(page).first()).toHaveAttribute('aria-disabled', 'false');
}

/** The next answer that reaches the server, with what came back. */
export async function nextVote(page: Page) {
  const response = await page.waitForResponse(
    (r) => r.url().endsWith('/api/v1/classifications') && r.request().method() === 'POST',
  );
  return {
    status: response.status(),
    sent: response.request().postDataJSON() as { id: string; assignment_id: string; answer: string },
    body: (await response.json()) as { feedback: { truth: string } | null },
  };
}

/** Answers, and reads the solution if it was a training image. */
export async function vote(page: Page, key: '1' | '2' | '3') {
  await expectReady(page);
  const sent = nextVote(page);
  await page.keyboard.press(key);
  const result = await sent;
  if (result.body.feedback) await readSolution(page);
  return result;
}

export async function readSolution(page: Page): Promise<void> {
  const proceed = page.locator('.truth .primary');
  await expect(proceed).toBeFocused();
  // The button ignores a press that was meant for an answer.
  await page.waitForTimeout(400);
  await page.keyboard.press('Enter');
  await expect(proceed).toBeHidden();
}

/** Answers until one that was no training image, so that it can be taken back. */
export async function voteOnUnknown(page: Page, key: '1' | '2' | '3') {
  for (let attempt = 0; attempt < 12; attempt++) {
    const result = await vote(page, key);
    if (!result.body.feedback) return result;
  }
  throw new Error('twelve training images in a row');
}
