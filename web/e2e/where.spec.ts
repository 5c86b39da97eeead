// "Where is my picture?": a picture of a made-up sky (tools/stars.js) is sent, placed, looked at on desk and
// phone in both languages, sent to the leads, and deleted. Needs the index that .ci/e2e builds; skips without.
import type { Page } from '@playwright/test';
import { CENTRE, picture, png } from '../tools/stars.js';
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
import { allWords } from './words';

const sky = { name: 'my sky.png', mimeType: 'image/png', buffer: picture() };
const nothing = {
  name: 'nothing.png',
  mimeType: 'image/png',
  buffer: png(64, 64, new Uint8Array(4096).fill(40)),
};
const drawing = { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') };

async function needsIndex(page: Page) {
  const { available } = await call(page.context(), 'get', '/placing');
  test.skip(!available, 'needs a star index (.ci/e2e builds one)');
}

/** The present address in a language. */
function withLanguage(page: Page, lang: string): string {
  const url = new URL(page.url());
  url.searchParams.set('lang', lang);
  return url.pathname + url.search;
}

/** Both languages, desk and the narrowest phone. */
async function expectGoodEverywhere(page: Page) {
  const { width = 1280, height = 800 } = page.viewportSize() ?? {};
  for (const lang of ['en', 'zh'] as const) {
    await page.goto(withLanguage(page, lang));
    for (const size of [
      { width: 1280, height: 800 },
      { width: 320, height: 640 },
    ]) {
      await page.setViewportSize(size);
      await settle(page);
      await expect(page.locator('h1')).toHaveCount(1);
      await expectFitsAndTouchable(page);
      await expectAccessible(page);
    }
  }
  await page.setViewportSize({ width, height });
  await page.goto(withLanguage(page, 'en'));
}

test('a picture finds its place, reaches the leads, and goes again', async ({ page, context, browser }) => {
  test.slow();
  await newPerson(context);
  await needsIndex(page);
  const words = allWords.en.where;
  await page.goto('/where?lang=en');
  await expectGoodEverywhere(page);
  await page.locator('#picture').setInputFiles(sky);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('my sky.png');
  await expect(page.getByRole('heading', { name: words.result.facts })).toBeVisible();
  const id = new URL(page.url()).searchParams.get('picture') ?? '';
  const found = await call(context, 'get', `/placements/${id}`);
  expect(Math.abs(found.place.ra_deg - CENTRE.ra)).toBeLessThan(0.02);
  expect(Math.abs(found.place.dec_deg - CENTRE.dec)).toBeLessThan(0.02);
  expect(Math.abs(found.place.scale_arcsec - 60)).toBeLessThan(0.3);
  expect(found.place.mirrored).toBe(false);
  await expect(page.locator('dd').getByText('10h 00m 00')).toBeVisible();
  await expect(page.getByRole('img', { name: words.result.alt('my sky.png') })).toBeVisible();
  // What is drawn can be taken off.
  await expect(page.locator('.frame circle').first()).toBeAttached();
  await page.getByRole('checkbox', { name: words.result.stars }).uncheck();
  await expect(page.locator('.frame circle')).toHaveCount(0);
  const viewer = page.getByRole('link', { name: words.result.legacy });
  await expect(viewer).toHaveAttribute('href', /^https:\/\/www\.legacysurvey\.org\/viewer\?ra=1(49|50)\./);
  for (const part of ['header', 'annotated']) {
    const file = await context.request.get(`/api/v1/placements/${id}/${part}`);
    expect(file.headers()['content-disposition']).toContain('attachment; filename="my-sky.');
  }
  await expectGoodEverywhere(page);

  await page.getByRole('textbox', { name: words.send.note }).fill('An arc near the middle?');
  await page.getByRole('button', { name: words.send.button }).click();
  await expect(page.getByText(words.send.sent)).toBeVisible();

  const theirs = await browser.newContext({ baseURL: process.env.LENSFINDER_URL ?? '', locale: 'en-GB' });
  const lead = await theirs.newPage();
  if (process.env.E2E_LEAD) {
    await signedInAs(lead, 'lead');
    await lead.goto('/lead/feedback?about=pictures&lang=en');
    await expect(lead.getByText('An arc near the middle?').first()).toBeVisible();
    await expectGoodEverywhere(lead);
    await lead.goto(`/where?picture=${id}&lang=en`);
    await expect(lead.getByText('An arc near the middle?')).toBeVisible();
    await expect(lead.getByRole('button', { name: words.send.button })).toHaveCount(0);
  }
  await theirs.close();

  await page.getByRole('button', { name: words.result.remove, exact: true }).click();
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: words.result.remove }).click();
  await expect(page.getByText(words.list.none, { exact: true })).toBeVisible();
  await page.goto(`/where?picture=${id}`);
  await expect(page.getByText(words.course.forgotten)).toBeVisible();
});

test('what cannot be placed is told why, and what is no picture is refused', async ({ page, context }) => {
  await newPerson(context);
  await needsIndex(page);
  const words = allWords.en.where;
  await page.goto('/where?lang=en');
  await page.locator('#picture').setInputFiles(drawing);
  await expect(page.getByText(words.notThis)).toBeVisible();
  await expectAccessible(page);

  await page.getByText(words.hints.title).click();
  await page.getByRole('textbox', { name: words.hints.ra }).fill('400');
  await page.locator('#picture').setInputFiles(nothing);
  await expect(page.getByText(words.hints.raRange)).toBeVisible();
  await expectFitsAndTouchable(page);
  await expectAccessible(page);
  await page.getByRole('textbox', { name: words.hints.ra }).fill('');

  await page.locator('#picture').setInputFiles(nothing);
  await expect(page.getByRole('heading', { name: words.why.title })).toBeVisible();
  await expect(page.getByText(words.why.too_few_sources.text)).toBeVisible();
  await expectGoodEverywhere(page);
});

test('the explanation has its drawings and says in words what they show', async ({ page }) => {
  await page.goto('/where/how?lang=en');
  await settle(page);
  const images = page.getByRole('main').getByRole('img');
  await expect(images).not.toHaveCount(0);
  for (const image of await images.all()) {
    await image.scrollIntoViewIfNeeded();
    await expect(image).toHaveJSProperty('complete', true);
    expect(await image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(0);
    expect(((await image.getAttribute('alt')) ?? '').length).toBeGreaterThan(20);
  }
  await expectGoodEverywhere(page);
});
