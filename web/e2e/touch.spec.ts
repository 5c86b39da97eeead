// Twenty answers with a finger on a phone, and everything within a thumb's reach.
import { answers, call, expect, expectReady, newPerson, nextVote, openDesk, test } from './fixtures';

test('twenty answers by touch', async ({ page, context, viewport }) => {
  await newPerson(context);
  await openDesk(page);
  for (let number = 0; number < 20; number++) {
    await expectReady(page);
    const button = answers(page).nth(number % 3);
    const box = await button.boundingBox();
    // Fully on the screen without scrolling, in its lower half, and large.
    expect(box!.y + box!.height).toBeLessThanOrEqual(viewport!.height);
    expect(box!.y).toBeGreaterThan(viewport!.height / 2);
    expect(Math.min(box!.width, box!.height)).toBeGreaterThanOrEqual(44);
    const sent = nextVote(page);
    await button.tap();
    const { status, body } = await sent;
    expect(status).toBe(201);
    if (body.feedback) {
      const proceed = page.locator('.truth .primary');
      await expect(proceed).toBeVisible();
      await page.waitForTimeout(400);
      await proceed.tap();
    }
  }
  expect((await call(context, 'get', '/me')).votes_total).toBe(20);
});
