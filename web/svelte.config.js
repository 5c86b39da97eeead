// How the app is built: a single-page app in static files. `200.html` is the page for every
// address the server does not know itself; all files are compressed ahead for the server.
import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  // Runes only: then the code for older components is left out.
  compilerOptions: { runes: true, discloseVersion: false },
  kit: {
    adapter: adapter({ fallback: '200.html', precompress: true }),
    // The policy is written into 200.html with the hash of its one inline script; the server sends
    // the same policy as a header and adds frame-ancestors, which a <meta> cannot carry.
    csp: {
      mode: 'hash',
      directives: {
        'default-src': ['none'],
        'script-src': ['self'],
        'style-src': ['self'],
        // The one style attribute that SvelteKit itself writes, on its announcer of page titles.
        'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
        'img-src': ['self', 'data:', 'blob:'],
        'connect-src': ['self'],
        'manifest-src': ['self'],
        'base-uri': ['none'],
        'form-action': ['self'],
      },
    },
    // A fixed name instead of the build time: the same source gives the same bytes.
    typescript: {
      // Browser tests are held to the same types.
      config: (config) => {
        config.include.push('../e2e/**/*.ts');
      },
    },
    version: { name: process.env.npm_package_version ?? 'dev' },
  },
};
