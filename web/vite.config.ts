// Vite for development and build, Vitest for the unit tests (plain node: no test needs a browser
// here; what needs one is in e2e/). In development, /api goes to a running server.
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

const server = process.env.LENSFINDER_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [sveltekit()],
  server: { proxy: { '/api': { target: server, changeOrigin: true, headers: { origin: server } } } },
  build: { target: 'es2022' },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
