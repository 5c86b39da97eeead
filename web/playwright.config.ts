// End-to-end tests against a running server with its web app: LENSFINDER_URL names it. The server
// needs an active project with some hundred images. Desktop in English and phone in Chinese: every page
// in both, and each in both themes; what people do where it may differ.
import { defineConfig } from '@playwright/test';
import type { Options } from './e2e/fixtures';

const isCI = Boolean(process.env.CI);
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const desktop = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** Every page. */
const looks = /(pages|language)\.spec\.ts$/;
/** What fingers do. */
const fingers = /(touch|newcomer|classify)\.spec\.ts$/;

export default defineConfig<Options>({
  testDir: 'e2e',
  globalSetup: './e2e/setup.ts',
  // Two browsers: while one waits for the server or a clock, the other works.
  workers: 2,
  fullyParallel: true,
  forbidOnly: isCI,
  // More tries and time where other work shares the machine; the report says what needed them.
  retries: isCI ? 2 : 0,
  timeout: isCI ? 120_000 : 45_000,
  expect: { timeout: isCI ? 20_000 : 10_000 },
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
    {
      name: 'desktop-en',
      testIgnore: /touch\.spec\.ts$/,
      use: { ...desktop, language: 'en', locale: 'en-GB' },
    },
    {
      name: 'phone-zh',
      testMatch: [looks, fingers],
      use: { ...phone, language: 'zh', locale: 'zh-CN' },
    },
  ],
});
