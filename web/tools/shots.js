// Takes a picture of every page, in both languages, on a phone and a desk, light and dark, against a
// running server, into a folder outside the repository:
//   LENSFINDER_URL=http://127.0.0.1:8080 node tools/shots.js /tmp/shots [part of a path] [en|zh|phone|desk|light|dark …]
// Pages of signed-in people are taken as a new volunteer, or as LENSFINDER_EMAIL / LENSFINDER_PASSWORD.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromium } from '@playwright/test';

const [folder, part = '', ...only] = process.argv.slice(2);
const base = process.env.LENSFINDER_URL ?? 'http://127.0.0.1:8080';
if (!folder || resolve(folder).startsWith(resolve(import.meta.dirname, '../..'))) {
  console.error('Name a folder outside the repository for the pictures.');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const PUBLIC = [
  '/',
  '/tutorial/what',
  '/tutorial/why',
  '/tutorial/how',
  '/tutorial/known',
  '/quiz',
  '/practice',
  '/news',
  '/discoveries',
  ...(process.env.EXTRA ?? '').split(',').filter(Boolean),
  '/ranking',
  '/about',
  '/contact',
  '/where',
  '/where/how',
  '/status',
  '/sign-in',
  '/sign-up',
  '/forgot',
  '/reset',
  '/verify',
  '/classify',
  '/certificate',
  '/certificate?code=LF-0000-0000-0000',
  '/admin/claim',
  '/nowhere',
];
const OWN = ['/classify', '/me', '/me/history', '/me/candidates', '/settings', '/where', '/dev/mail'];
const LEADS = ['/lead', '/lead/news', '/lead/feedback', '/lead/feedback?about=pictures', '/admin/people'];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});

/** The cookies of somebody who is signed in. */
async function someone() {
  const context = await browser.newContext({ baseURL: base });
  const { LENSFINDER_EMAIL: email, LENSFINDER_PASSWORD: password } = process.env;
  const headers = { Origin: base };
  const answer = email
    ? await context.request.post('/api/v1/session', { data: { email, password }, headers })
    : await context.request.post('/api/v1/accounts', {
        data: {
          email: `shots-${Date.now()}@example.org`,
          display_name: 'Mira 张衡',
          password: 'violet arcs around gold',
          language: 'en',
        },
        headers,
      });
  if (!answer.ok()) throw new Error(`nobody could sign in: ${answer.status()} ${await answer.text()}`);
  const { cookies } = await context.storageState();
  await context.close();
  return cookies;
}

const cookies = await someone();
const sets = [
  ['guest', PUBLIC, []],
  ['own', [...OWN, ...(process.env.LENSFINDER_EMAIL ? LEADS : [])], cookies],
];
const wanted = (/** @type {string[]} */ ...names) => only.every((one) => names.includes(one));

let number = 0;
for (const [language, locale] of [
  ['en', 'en-GB'],
  ['zh', 'zh-CN'],
])
  for (const [device, viewport] of [
    ['desk', { width: 1280, height: 900 }],
    ['phone', { width: 390, height: 844 }],
  ])
    for (const colorScheme of ['light', 'dark']) {
      if (!wanted(language, device, colorScheme)) continue;
      const touch = device === 'phone' ? { isMobile: true, hasTouch: true } : {};
      for (const [who, paths, jar] of sets) {
        const context = await browser.newContext({ baseURL: base, viewport, locale, colorScheme, ...touch });
        await context.addCookies(jar);
        // An account's language wins over the browser's.
        if (jar.length > 0)
          await context.request.patch('/api/v1/me/settings', {
            data: { language },
            headers: { Origin: base },
          });
        const page = await context.newPage();
        for (const path of paths) {
          if (!path.includes(part)) continue;
          await page.goto(path);
          await page.waitForLoadState('networkidle', { timeout: 4000 }).catch(() => {});
          await page.waitForTimeout(400);
          const name = path === '/' ? 'home' : path.slice(1).replaceAll(/[/?=]+/g, '-');
          await page.screenshot({
            path: `${folder}/${name}.${who}.${device}.${colorScheme}.${language}.png`,
            fullPage: true,
          });
          number += 1;
        }
        await context.close();
      }
    }
await browser.close();
console.log(`${number} pictures in ${folder}`);
