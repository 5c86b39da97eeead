// The ways in which a browser is not the one of the developer: narrow, large text, no motion, no images,
// no WebGL. One project is enough: nothing here depends on language or device.
import { chromium, type Page } from '@playwright/test';
import { answers, call, expect, expectReady, newPerson, openDesk, test, vote } from './fixtures';
import { OWN, PUBLIC } from './pages';

/** What sticks out to the right of the screen. */
const tooWide = (page: Page) =>
  page.evaluate(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .slice(0, 5)
      .map(
        (element) => `${element.tagName}.${element.className}: ${element.textContent?.trim().slice(0, 40)}`,
      );
  });

test('no page scrolls sideways at 320 pixels', async ({ page }) => {
  test.slow();
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of PUBLIC) {
    await page.goto(path);
    await expect(page.locator('h1').first()).toBeAttached();
    await page.waitForTimeout(250);
    expect(await tooWide(page), path).toEqual([]);
  }
});

test('no page of one’s own scrolls sideways at 320 pixels', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of OWN) {
    await page.goto(path);
    await expect(page.locator('h1').first()).toBeAttached();
    await page.waitForTimeout(250);
    expect(await tooWide(page), path).toEqual([]);
  }
});

test('with text twice as large nothing is cut off or pushed out', async ({ page }) => {
  test.slow();
  for (const path of PUBLIC) {
    await page.goto(path);
    await expect(page.locator('h1').first()).toBeAttached();
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    await page.waitForTimeout(250);
    expect(await tooWide(page), path).toEqual([]);
    // Text in a box of fixed height would be cut.
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, a, p, h1, h2, h3, label, dd, dt, li')]
        .filter((element) => {
          const { overflowY, display } = getComputedStyle(element);
          const isCut = overflowY === 'hidden' || overflowY === 'clip';
          return isCut && display !== 'none' && element.scrollHeight > element.clientHeight + 2;
        })
        .filter((element) => !element.closest('.visually-hidden') && element.clientHeight > 2)
        .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 40)}`),
    );
    expect(cut, path).toEqual([]);
  }
});

test('nothing moves where the device asks for no motion', async ({ signedIn: page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const path of ['/', '/tutorial/what', '/classify', '/me', '/status']) {
    await page.goto(path);
    await expect(page.locator('h1').first()).toBeAttached();
    await page.waitForTimeout(600);
    const moving = await page.evaluate(() =>
      document
        .getAnimations()
        .filter((animation) => Number(animation.effect?.getComputedTiming().duration ?? 0) > 10)
        .map((animation) => (animation.effect as KeyframeEffect | null)?.target?.outerHTML.slice(0, 80)),
    );
    expect(moving, path).toEqual([]);
  }
});

test('with pictures that do not come, every page still says what it is', async ({ page }) => {
  await page.route(/\.(webp|jpg|png|avif)(\?|$)/, (route) => route.abort());
  for (const path of ['/', '/tutorial/what', '/tutorial/known', '/discoveries', '/about']) {
    await page.goto(path);
    await expect(page.locator('h1').first()).toBeVisible();
    const nameless = await page.locator('img:not([alt])').count();
    expect(nameless, path).toBe(0);
  }
});

test('an image of the sky that does not come is said, and comes later', async ({ page, context }) => {
  await newPerson(context);
  let isBlocked = true;
  await page.route(/\/images\//, (route) => (isBlocked ? route.abort() : route.fallback()));
  await page.goto('/classify');
  await expect(page.getByRole('main').getByRole('button').first()).toBeVisible();
  await page.waitForTimeout(1500);
  // Nobody can answer about an image that is not there.
  await expect(answers(page).first()).not.toHaveAttribute('aria-disabled', 'false');
  isBlocked = false;
  await expectReady(page);
  expect((await vote(page, '1')).status).toBe(201);
});

test('without WebGL the image is drawn on a plain canvas and can be answered about', async ({ baseURL }) => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-3d-apis'],
  });
  const context = await browser.newContext({ baseURL: baseURL ?? '', locale: 'en-GB' });
  await newPerson(context);
  const page = await context.newPage();
  await openDesk(page);
  expect(await page.evaluate(() => document.createElement('canvas').getContext('webgl2'))).toBeNull();
  const brightest = () =>
    page.locator('[data-viewer] canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return data.reduce((most, value, at) => (at % 4 < 3 ? Math.max(most, value) : most), 0);
    });
  expect(await brightest()).toBeGreaterThan(30);
  for (let number = 0; number < 3; number++) expect((await vote(page, '1')).status).toBe(201);
  expect((await call(context, 'get', '/me')).votes_total).toBe(3);
  await browser.close();
});
