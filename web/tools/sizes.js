// Prints what a first visit to each route downloads, gzip -9: scripts and styles of the built app with
// one language. Run after `npm run build`. With a number of kB as argument, fails above it.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const client = '.svelte-kit/output/client';
/** @type {Record<string, { file: string, css?: string[], imports?: string[], dynamicImports?: string[], name?: string }>} */
const manifest = JSON.parse(readFileSync(`${client}/.vite/manifest.json`, 'utf8'));
const app = readFileSync('.svelte-kit/generated/client-optimized/app.js', 'utf8');

/** @type {Map<string, number>} */
const known = new Map();
const sizeOf = (/** @type {string} */ file) => {
  if (!known.has(file)) known.set(file, gzipSync(readFileSync(`${client}/${file}`), { level: 9 }).length);
  return known.get(file) ?? 0;
};

/** All files that these entries need at once. */
function filesOf(/** @type {string[]} */ entries) {
  const seen = new Set();
  const files = new Set();
  const visit = (/** @type {string} */ id) => {
    const chunk = manifest[id];
    if (!chunk || seen.has(id)) return;
    seen.add(id);
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    chunk.imports?.forEach(visit);
  };
  entries.forEach(visit);
  return files;
}

const idOf = (/** @type {RegExp} */ pattern) => Object.keys(manifest).filter((id) => pattern.test(id));
const shared = [
  ...idOf(/client\/entry\.js$/),
  ...idOf(/generated\/client-optimized\/app\.js$/),
  ...idOf(/client-optimized\/nodes\/[01]\.js$/),
  ...idOf(/i18n\/en\.ts$/),
];

const limit = Number(process.argv[2] ?? Infinity) * 1000;
let tooLarge = false;
for (const [, route, node] of app.matchAll(/"(\/[^"]*)":\s*\[~?(\d+)/g)) {
  const files = [...filesOf([...shared, ...idOf(new RegExp(`client-optimized/nodes/${node}\\.js$`))])];
  const sum = (/** @type {string} */ ending) =>
    files.filter((file) => file.endsWith(ending)).reduce((total, file) => total + sizeOf(file), 0);
  const [script, style] = [sum('.js'), sum('.css')];
  tooLarge ||= script + style > limit;
  const kB = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(1).padStart(6);
  console.log(
    `${(route ?? '').padEnd(12)} js ${kB(script)} kB   css ${kB(style)} kB   ${files.length} files`,
  );
}
if (tooLarge) {
  console.error(`A route downloads more than ${limit / 1000} kB.`);
  process.exitCode = 1;
}
