import { chromium } from './node_modules/playwright-core/index.mjs';
import { AxeBuilder } from './node_modules/@axe-core/playwright/dist/index.mjs';
import { execFileSync } from 'node:child_process';
const BASE = 'http://127.0.0.1:5171';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] });
const tag = process.argv[2]; const [lang, width, theme] = tag.split('-');
const ctx = await browser.newContext({ viewport: { width: Number(width), height: width === '390' ? 844 : 900 }, colorScheme: theme, locale: lang === 'zh' ? 'zh-CN' : 'en-GB' });
const page = await ctx.newPage();
page.on('pageerror', (e) => console.log('PAGEERROR', page.url(), e.message));
page.on('console', (m) => { if (m.type() === 'error' && !/status of 4|favicon|503/.test(m.text())) console.log('CONSOLE', page.url(), m.text().slice(0, 200)); });
const who = 'v' + tag.replace(/-/g, '') + Date.now();
const shot = async (name) => {
  await page.waitForTimeout(350);
  await page.screenshot({ timeout: 90000, path: `/tmp/v1/shots/${tag}-${name}.png`, fullPage: true });
  const r = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  for (const v of r.violations) console.log('AXE', tag, name, v.id, v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | '));
  const over = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  if (over) console.log('OVERFLOW', tag, name);
};
const go = async (p) => { await page.goto(BASE + p); await page.waitForLoadState('networkidle'); };
const lastLink = async (to) => {
  for (let i = 0; i < 40; i++) {
    const { items } = await (await fetch('http://127.0.0.1:8171/api/v1/dev/letters')).json();
    const letter = items.find((l) => l.to === to && /#/.test(l.text));
    if (letter) return letter.text.match(/http\S+/)[0].replace('8171', '5171');
    await new Promise((r) => setTimeout(r, 100));
  }
};
await go('/settings'); await shot('settings-guest');
await go('/sign-up?next=/about');
await page.locator('button.primary.large').click(); await shot('sign-up-empty');
await page.fill('#email', who + '@example.org'); await page.fill('#display_name', 'Mira Ceti'); await page.fill('#password', 'password123');
await page.locator('button.primary.large').click(); await page.waitForTimeout(600); await shot('sign-up-common');
await page.fill('#password', 'a slow red giant'); await page.locator('button.primary.large').click();
await page.waitForURL('**/about', { timeout: 8000 }); console.log('signed up, next ok');
await go('/settings'); await shot('settings');
const link = await lastLink(who + '@example.org');
await page.goto(link); await page.waitForLoadState('networkidle'); console.log('verify url now', page.url()); await shot('verify');
await page.goto(link); await page.waitForLoadState('networkidle'); await page.reload(); await page.waitForTimeout(500); await shot('verify-again');
await go('/settings');
await page.locator('#in_ranking').click(); await page.waitForTimeout(500);
await page.locator('section[aria-labelledby=tokens] button').last().click(); await page.fill('#token-name', 'my script'); await shot('token-form');
await page.locator('dialog[open] button.primary').click(); await page.waitForTimeout(600); await shot('token-secret');
await page.keyboard.press('Escape');
for (const s of await page.locator('summary').all()) await s.click();
await shot('settings-open');
await page.locator('button.danger').click(); await page.waitForTimeout(300); await shot('delete');
await page.keyboard.press('Escape');
if (process.argv[3]) {
  await page.goto(process.argv[3]); await page.waitForLoadState('networkidle'); await shot('claim');
  await page.locator('button.primary.large').click(); await page.waitForTimeout(800); await shot('claim-done');
} else { execFileSync('/tmp/v1/lensfinder', ['account', 'role', who + '@example.org', 'admin', '--workspace', '/tmp/v1/ws']); }
await go('/admin/people'); await shot('people');
await page.locator('tbody button').first().click(); await page.waitForTimeout(300); await shot('people-dialog'); await page.keyboard.press('Escape');
await go('/admin/people/record'); await shot('record');
await go('/admin/claim'); await shot('claim-broken');
await go('/dev/mail'); await shot('mail');
await ctx.clearCookies();
await go('/sign-in?next=/about'); await page.locator('button.primary.large').click(); await shot('sign-in');
await page.fill('#email', who + '@example.org'); await page.fill('#password', 'wrong wrong'); await page.locator('button.primary.large').click(); await page.waitForTimeout(700); await shot('sign-in-wrong');
await go('/forgot'); await page.fill('#email', who + '@example.org'); await shot('forgot');
await page.locator('button.primary.large').click(); await page.waitForTimeout(600); await shot('forgot-sent');
await page.waitForTimeout(600);
const reset = await lastLink(who + '@example.org');
await page.goto(reset); await page.waitForLoadState('networkidle'); console.log('reset url now', page.url()); await shot('reset');
await page.fill('#password', 'a fast white dwarf'); await page.locator('button.primary.large').click(); await page.waitForURL('**/classify', { timeout: 8000 }); console.log('reset ok');
await go('/reset'); await shot('reset-broken');
await browser.close();
