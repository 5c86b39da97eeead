// Vite for development and build, Vitest for the unit tests (plain node: no test needs a browser
// here; what needs one is in e2e/). In development, /api goes to a running server.
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

const server = process.env.LENSFINDER_URL ?? 'http://127.0.0.1:8080';

// What every page needs, as one file: it compresses better than a dozen small ones and is there in one
// trip. Page code stays apart.
const base = [
  'node_modules/',
  'client-optimized/(app|nodes/0)\\.js',
  'src/hooks\\.client',
  'src/routes/\\+layout',
  'src/lib/api/(fetcher|problem)\\.',
  'src/lib/i18n/(i18n|area|problems)\\.',
  'src/lib/session/(session|role)\\.',
  'src/lib/ui/(AnswerGlyph|Mark|Stroke|Toasts|TopBar|theme|toast)\\.',
];

export default defineConfig({
  plugins: [sveltekit()],
  server: { proxy: { '/api': { target: server, changeOrigin: true, headers: { origin: server } } } },
  build: {
    target: 'es2022',
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'base', test: new RegExp(base.join('|')) }] } },
    },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
