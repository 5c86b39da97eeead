// How complete the search is, on the page of progress: what the campaign writes is told in words and drawn,
// in both languages, down to the narrowest phone, and whatever the answer holds. The rounds are routed,
// because a new project has none.
import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectFitsAndTouchable, settle, test } from './fixtures';

const whole = {
  search: {
    as_of_votes: 2000,
    audited: 120,
    found: 24,
    target: 0.95,
    lenses: { estimate: 37.2, low: 26, high: 61 },
    completeness: { estimate: 0.62, low: 0.39, high: 0.92 },
    left: { estimate: 13, low: 2, high: 37 },
    votes_to_target: { estimate: 4100, low: 1500, high: 9000 },
  },
  live: { rerankings: 12, added: 40, returned: 2, median_seconds: 0.41 },
};

/** The page of progress, with these summaries of rounds. */
async function open(page: Page, ...summaries: unknown[]) {
  const rounds = summaries.map((summary, index) => ({
    round: index + 1,
    state: 'running',
    started_at: '2026-11-21T12:00:00Z',
    ended_at: null,
    summary,
  }));
  await page.route('**/api/v1/projects/*/rounds', (route) => route.fulfill({ json: rounds }));
  await page.goto('/status');
  await settle(page);
}

const said = {
  en: [
    '24 lenses found; about 37 in the survey (26 to 61). So about 62 % are found, somewhere between 39 and 92 %.',
    'About 13 lenses are left to find (2 to 37). It takes about 4,100 more answers to reach 95 % (1,500 to 9,000).',
    '120 images drawn by lot, whatever the network thinks of them',
  ],
  zh: ['已找到 24 个透镜；整个巡天中大约有 37 个', '大约还有 13 个透镜没有找到', '随机抽出的 120 张图像'],
};
const followed = {
  en: 'The order of images followed the answers 12 times in this round, usually in about 0.4 s; 40 images joined, 2 came back.',
  zh: '图像的顺序随回答调整了 12 次，通常约需 0.4 秒；有 40 张图像加入，2 张重新回来。',
};

for (const language of ['en', 'zh'] as const) {
  test.describe(language, () => {
    test.use({ language, locale: language === 'en' ? 'en-GB' : 'zh-CN' });

    for (const [width, height] of [
      [1280, 800],
      [320, 640],
    ] as const) {
      test(`is told, drawn and accessible at ${width} px`, async ({ page, words }) => {
        await page.setViewportSize({ width, height });
        await open(page, { search: { ...whole.search, found: 9 } }, whole);
        const panel = page.getByRole('region', { name: words.status.search.title });
        for (const text of said[language]) await expect(panel).toContainText(text);
        await expect(page.getByText(followed[language])).toBeVisible();
        // The picture says in words what it shows, and its parts stay within it.
        const picture = panel.getByRole('img', { name: /62.*39.*92.*95/ });
        const { x, width: wide } = (await picture.boundingBox())!;
        for (const part of await picture.locator('div, span').all()) {
          const box = (await part.boundingBox())!;
          expect(box.x).toBeGreaterThanOrEqual(x - 8);
          expect(box.x + box.width).toBeLessThanOrEqual(x + wide + 8);
        }
        await expectFitsAndTouchable(page);
        await expectAccessible(page);
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        await settle(page);
        await expectAccessible(page);
      });
    }

    test('is not known yet, and says so', async ({ page, words }) => {
      await open(page, null, { votes_total: 12 });
      await expect(page.getByText(words.status.search.none)).toBeVisible();
      await expectAccessible(page);
    });
  });
}

test('whatever the campaign writes, the page stands', async ({ page, words }) => {
  const odd = { ...whole.search, completeness: null, lenses: { estimate: 'many' }, votes_to_target: null };
  await open(page, { search: odd, live: [] }, { search: 'soon', live: { rerankings: -1 } }, null);
  const panel = page.getByRole('region', { name: words.status.search.title });
  await expect(panel).toContainText('24 lenses found. How many there are in all cannot be said yet.');
  await expect(panel).toContainText('How many more answers it takes to reach 95 % cannot be said yet.');
  await expect(panel.getByRole('img')).toHaveCount(0);
});

test('an interval from nothing to all is drawn as that', async ({ page, words }) => {
  const wide = { ...whole.search, completeness: { estimate: 1, low: -0.4, high: 1.7 } };
  await open(page, { search: wide });
  const panel = page.getByRole('region', { name: words.status.search.title });
  await expect(panel).toContainText(/anything from 0 to 100.% fits/);
  await expectFitsAndTouchable(page);
});

test('is for people who are signed in', async ({ page, words }) => {
  await page.goto('/status');
  await expect(page.getByText(words.status.search.signIn)).toBeVisible();
});
