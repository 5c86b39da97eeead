// End-to-end tests against a running server with its web app: LENSFINDER_URL names it. The server
// needs an active project with at least some dozens of images. Desktop and phone, both languages.
import { defineConfig } from '@playwright/test';
import type { Options } from './e2e/fixtures';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const desktop = { viewport: { width: 1280, height: 800 } };
const looks = /(pages|language)\.spec\.ts$/;
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

export default defineConfig<Options>({
  testDir: 'e2e',
  // Two cores: one browser beside the server.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.LENSFINDER_URL ?? 'http://127.0.0.1:8080',
    launchOptions: {
      executablePath: chromium,
      args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    },
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desktop-en', use: { ...desktop, language: 'en', locale: 'en-GB' } },
    // What people do is the same in both; these two look at the pages in the other theme as well.
    {
      name: 'desktop-zh',
      testMatch: looks,
      use: { ...desktop, language: 'zh', locale: 'zh-CN', colorScheme: 'dark' },
    },
    {
      name: 'phone-en',
      testMatch: looks,
      use: { ...phone, language: 'en', locale: 'en-GB', colorScheme: 'dark' },
    },
    { name: 'phone-zh', use: { ...phone, language: 'zh', locale: 'zh-CN' } },
  ],
});
