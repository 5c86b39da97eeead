// The heart: looking, answering, taking back, losing the connection and the session.
import {
  answers,
  expect,
  expectAccessible,
  expectReady,
  newPerson,
  nextVote,
  openDesk,
  settle,
  test,
  vote,
  voteOnUnknown,
} from './fixtures';

test('each of the three answers arrives as what it is, by key and by press', async ({ signedIn: page }) => {
  await openDesk(page);
  for (const [index, answer] of ['no_lens', 'unsure', 'lens'].entries()) {
    const byKey = await vote(page, String(index + 1) as '1' | '2' | '3');
    expect(byKey.status).toBe(201);
    expect(byKey.sent.answer).toBe(answer);
    await expectReady(page);
    const sent = nextVote(page);
    await answers(page).nth(index).click();
    const byPress = await sent;
    expect(byPress.sent.answer).toBe(answer);
    expect(byPress.sent.assignment_id).not.toBe(byKey.sent.assignment_id);
    if (byPress.body.feedback) {
      await page.waitForTimeout(400);
      await page.locator('.truth .primary').click();
    }
  }
});

test('the image on the screen is no empty canvas, and another one after the answer', async ({
  signedIn: page,
}) => {
  await openDesk(page);
  const picture = () =>
    page.locator('[data-viewer] canvas').evaluate((canvas: HTMLCanvasElement) => {
      const copy = new OffscreenCanvas(32, 32).getContext('2d');
      copy?.drawImage(canvas, 0, 0, 32, 32);
      return [...(copy?.getImageData(0, 0, 32, 32).data ?? [])];
    });
  const first = await picture();
  expect(Math.max(...first.filter((_, i) => i % 4 < 3))).toBeGreaterThan(30);
  await vote(page, '1');
  await expectReady(page);
  expect(await picture()).not.toEqual(first);
});

test('undo brings the image back, and the new answer counts instead', async ({ signedIn: page, words }) => {
  await openDesk(page);
  const first = await voteOnUnknown(page, '3');
  await expectReady(page);
  const retraction = page.waitForResponse((r) => r.url().includes(`/${first.sent.id}/retraction`));
  await page.getByRole('button', { name: words.classify.undo }).click();
  const reopened = (await (await retraction).json()) as { assignment: { id: string } };
  await expectReady(page);
  const second = await vote(page, '1');
  expect(second.status).toBe(201);
  expect(second.sent.assignment_id).toBe(reopened.assignment.id);
  expect(second.sent.id).not.toBe(first.sent.id);
});

test('training images show their solution after the answer, and Enter goes on', async ({ page, words }) => {
  // A newcomer meets training images often.
  await newPerson(page.context());
  await openDesk(page);
  for (let attempt = 0; attempt < 20; attempt++) {
    await expectReady(page);
    const sent = nextVote(page);
    await page.keyboard.press('2');
    if (!(await sent).body.feedback) continue;
    await expect(page.getByText(words.classify.feedback.heading)).toBeVisible();
    await expect(page.getByText(words.classify.feedback.yourAnswer(words.answers.unsure))).toBeVisible();
    await settle(page);
    await expectAccessible(page);
    // The answers are gone, their keys do nothing, and what was shown cannot be taken back.
    await expect(answers(page)).toHaveCount(0);
    await page.keyboard.press('1');
    await expect(page.getByRole('button', { name: words.classify.undo })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await page.waitForTimeout(400);
    await page.keyboard.press('Enter');
    await expectReady(page);
    return;
  }
  throw new Error('no training image among the first twenty');
});

test('zooms and moves by keys and by buttons', async ({ signedIn: page, words }) => {
  await openDesk(page);
  const tools = page.getByRole('group', { name: words.cutout.tools.label });
  const factor = page.getByRole('img', { name: /×|放大/ });
  const left = tools.getByRole('button', { name: words.cutout.tools.left });
  await expect(left).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('+');
  await expect(factor).toHaveText('1.5×');
  await tools.getByRole('button', { name: words.cutout.tools.in }).click();
  await expect(factor).toHaveText('2.3×');
  await expect(left).toHaveAttribute('aria-disabled', 'false');
  const before = await page.locator('[data-viewer]').screenshot();
  await page.keyboard.press('ArrowRight');
  expect(await page.locator('[data-viewer]').screenshot()).not.toEqual(before);
  await left.click();
  await page.keyboard.press('0');
  await expect(factor).toBeHidden();
});

test('wheel and double click zoom at the pointer', async ({ signedIn: page, isPhone }) => {
  test.skip(isPhone, 'a mouse');
  await openDesk(page);
  const factor = page.getByRole('img', { name: /×|放大/ });
  await page.locator('[data-viewer]').hover({ position: { x: 100, y: 100 } });
  await page.mouse.wheel(0, -300);
  await expect(factor).toBeVisible();
  await page.keyboard.press('0');
  await page.locator('[data-viewer]').dblclick({ position: { x: 100, y: 100 } });
  await expect(factor).toHaveText('2.5×');
});

test('two fingers zoom, one moves, a double tap shows all again', async ({ signedIn: page, isPhone }) => {
  test.skip(!isPhone, 'fingers');
  await openDesk(page);
  const factor = page.getByRole('img', { name: /×|放大/ });
  const viewer = page.locator('[data-viewer]');
  const touch = await page.context().newCDPSession(page);
  const fingers = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...at: [number, number][]) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints: at.map(([x, y], id) => ({ x, y, id })) });
  await fingers('touchStart', [170, 250], [220, 250]);
  for (const spread of [10, 20, 30, 40, 50])
    await fingers('touchMove', [170 - spread, 250], [220 + spread, 250]);
  await fingers('touchEnd');
  await expect(factor).toBeVisible();
  expect(parseFloat((await factor.textContent()) ?? '')).toBeGreaterThan(2);
  const before = await viewer.screenshot();
  await fingers('touchStart', [150, 250]);
  for (const x of [170, 190, 210, 230]) await fingers('touchMove', [x, 260]);
  await fingers('touchEnd');
  expect(await viewer.screenshot()).not.toEqual(before);
  expect(await page.evaluate(() => scrollY)).toBe(0);
  for (let tap = 0; tap < 2; tap++) {
    await fingers('touchStart', [200, 250]);
    await fingers('touchEnd');
  }
  await expect(factor).toBeHidden();
});

test('each brightness preset shows the image differently, and the next image starts at Standard', async ({
  signedIn: page,
  words,
}) => {
  await openDesk(page);
  const seen: string[] = [];
  for (const key of ['q', 'w', 'e', 'r']) {
    await page.keyboard.press(key);
    await page.waitForTimeout(60);
    seen.push((await page.locator('[data-viewer]').screenshot()).toString('base64'));
  }
  expect(new Set(seen).size).toBe(4);
  await vote(page, '1');
  await expectReady(page);
  const standard = page.getByRole('radio', { name: words.cutout.presets.standard, includeHidden: true });
  await expect(standard.first()).toBeChecked();
});

test('shortcuts can be switched off, and the image still listens while it has the focus', async ({
  page,
  context,
  words,
  isPhone,
}) => {
  test.skip(isPhone, 'the key sheet is shown where there are keys');
  // The choice is kept with the account.
  await newPerson(context);
  await openDesk(page);
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: words.classify.keySheet.title });
  await sheet.getByRole('switch').uncheck();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { level: 1 }).click();
  const factor = page.getByRole('img', { name: /×|放大/ });
  await page.keyboard.press('+');
  await expect(factor).toBeHidden();
  await page.locator('[data-viewer]').focus();
  await page.keyboard.press('+');
  await expect(factor).toBeVisible();
  await page.reload();
  await expectReady(page);
  await page.keyboard.press('+');
  await expect(factor).toBeHidden();
});

test('a lost answer to a vote leads to the same vote again, not to a second one', async ({ page }) => {
  await newPerson(page.context());
  await openDesk(page);
  const ids: string[] = [];
  await page.route('**/api/v1/classifications', async (route) => {
    ids.push((route.request().postDataJSON() as { id: string }).id);
    if (ids.length > 1) return route.fallback();
    // The server has it, the page does not hear of it.
    await route.fetch();
    return route.abort();
  });
  const repeated = page.waitForResponse(
    (r) => r.url().endsWith('/api/v1/classifications') && r.status() === 200,
  );
  await page.keyboard.press('1');
  await repeated;
  expect(ids).toHaveLength(2);
  expect(ids[0]).toBe(ids[1]);
});

test('a reload goes on with the same image', async ({ signedIn: page }) => {
  await openDesk(page);
  const held = () =>
    page.evaluate(() => {
      const key = Object.keys(sessionStorage).find((name) => name.includes('held'));
      return (JSON.parse(sessionStorage.getItem(key ?? '') ?? '[]') as { assignment: { id: string } }[])[0]
        ?.assignment.id;
    });
  const before = await held();
  expect(before).toBeDefined();
  await page.reload();
  const { sent } = await vote(page, '1');
  expect(sent.assignment_id).toBe(before);
});

test('nothing in what the browser gets before the answer tells what the image is', async ({
  signedIn: page,
}) => {
  const bodies: string[] = [];
  page.on('response', async (response) => {
    if (response.url().endsWith('/assignments')) bodies.push(await response.text());
  });
  await openDesk(page);
  await vote(page, '1');
  await expect.poll(() => bodies.length).toBeGreaterThan(0);
  const known = [
    'id',
    'image',
    'url',
    'width',
    'height',
    'encoding',
    'pixel_scale_arcsec',
    'expires_at',
    'lease_seconds',
  ];
  for (const body of bodies) {
    for (const [key] of body.matchAll(/"(\w+)":/g)) {
      expect([...known, 'assignments', 'nothing_left']).toContain(key.slice(1, -2));
    }
  }
});
