// One's own pages: the history shows the votes that were given, and nothing that must stay hidden.
import {
  call,
  expect,
  expectAccessible,
  newPerson,
  openDesk,
  settle,
  test,
  vote,
  voteOnUnknown,
} from './fixtures';
import { verify } from '../tools/people.js';

test('the history shows what was answered, filters it, and opens each image again', async ({
  page,
  context,
  words,
}) => {
  test.slow();
  await newPerson(context);
  await openDesk(page);
  const given: { answer: string; truth: string | null }[] = [];
  for (const key of ['1', '3', '2', '1', '3', '1'] as const) {
    const { sent, body } = await vote(page, key);
    given.push({ answer: sent.answer, truth: body.feedback?.truth ?? null });
  }
  const text = words.me.history;
  await page.goto('/me/history');
  const list = page.getByRole('list', { name: text.list });
  await expect(list.getByRole('listitem')).toHaveCount(given.length);
  await expectAccessible(page);
  // The newest first, each with what was said.
  const shown = await list.getByRole('listitem').allTextContents();
  for (const [place, { answer }] of [...given].reverse().entries())
    expect(shown[place]).toContain(words.answers[answer as 'lens']);

  await page.getByRole('button', { name: text.filters.lens, exact: true }).click();
  await expect(list.getByRole('listitem')).toHaveCount(
    given.filter(({ answer }) => answer === 'lens').length,
  );
  expect(new URL(page.url()).search).toContain('lens');
  await page.reload();
  await expect(list.getByRole('listitem')).toHaveCount(
    given.filter(({ answer }) => answer === 'lens').length,
  );

  await list.getByRole('link').first().click();
  await page.waitForURL('**/me/history/*');
  await expect(page.locator('[data-viewer] canvas')).toBeVisible();
  await expectAccessible(page);
});

test('an answer taken back is marked as such, and counts no more', async ({ page, context, words }) => {
  await newPerson(context);
  await openDesk(page);
  await voteOnUnknown(page, '3');
  const before = (await call(context, 'get', '/me')).votes_total as number;
  const retraction = page.waitForResponse((response) => response.url().includes('/retraction'));
  await page.keyboard.press('z');
  expect((await retraction).ok()).toBe(true);
  expect((await call(context, 'get', '/me')).votes_total).toBe(before - 1);
  await page.goto('/me/history');
  await expect(
    page.getByRole('list', { name: words.me.history.list }).getByRole('listitem').first(),
  ).toBeVisible();
  await expectAccessible(page);
});

test('a certificate can be had, and anybody can see that it is real', async ({ page, context, words }) => {
  const account = await newPerson(context);
  await verify(context, account);
  await openDesk(page);
  await vote(page, '1');
  await page.goto('/me');
  await settle(page);
  await expectAccessible(page);
  const paper = await context.request.get('/api/v1/me/certificate?lang=zh');
  expect(paper.headers()['content-type']).toBe('application/pdf');
  const name = paper.headers()['content-disposition'] ?? '';
  const code = /lensfinder-(.+)\.pdf/.exec(name)?.[1] ?? '';
  await page.goto(`/certificate?code=${code}`);
  await expect(page.getByText(words.me.check.real)).toBeVisible();
  await expect(page.getByText(account.name).last()).toBeVisible();
  await settle(page);
  await expectAccessible(page);
});

test('what is kept about a person can be downloaded', async ({ page, context, words }) => {
  const account = await newPerson(context);
  await openDesk(page);
  await vote(page, '1');
  await page.goto('/settings');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: words.account.settings.data.download }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  expect(text).toContain(account.email);
  expect(text).not.toContain('argon2');
  JSON.parse(text);
});
