// What a first visit to each route downloads before it stands, gzip -9: scripts and styles of the built
// app with its words in the larger of the languages. `--check` fails above the limits.
//   npm run build && node tools/sizes.js [--check]
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Bytes of JavaScript. */
const LIMITS = { '/': 45_000, '/classify': 85_000 };
/** What the other pages must not exceed. */
const LIMIT = 85_000;
/** Fetched by the page at once, though written as `import()`. */
const AWAITED = { '/classify': [/classify\/mailroom\.ts$/] };

const client = '.svelte-kit/output/client';
/** @type {Record<string, { file: string, css?: string[], imports?: string[], dynamicImports?: string[] }>} */
const manifest = JSON.parse(readFileSync(`${client}/.vite/manifest.json`, 'utf8'));
const app = readFileSync('.svelte-kit/generated/client-optimized/app.js', 'utf8');
const idsOf = (/** @type {RegExp} */ pattern) => Object.keys(manifest).filter((id) => pattern.test(id));

/** @type {Map<string, number>} */
const known = new Map();
function sizeOf(/** @type {string} */ file) {
  if (!known.has(file)) known.set(file, gzipSync(readFileSync(`${client}/${file}`), { level: 9 }).length);
  return known.get(file) ?? 0;
}

/** The chunk that every page needs; what it can fetch belongs to no page. */
const base = idsOf(/client\/entry\.js$/).flatMap((id) => manifest[id]?.imports ?? [])[0];
const isWords = /\/(words|i18n|problems)\/\w+\.ts$/;

/** All files that these entries need at once: what they import, and the words of what they import. Words
    for problems and whatever comes after the page stands (what lies below it, what opens on request) are
    printed as `later`. */
function filesOf(/** @type {string[]} */ entries, /** @type {string} */ language, isAll = false) {
  const seen = new Set();
  const files = new Set();
  const visit = (/** @type {string} */ id) => {
    const chunk = manifest[id];
    if (!chunk || seen.has(id)) return;
    seen.add(id);
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    chunk.imports?.forEach(visit);
    const isOwn = !chunk.file.includes('/entry/') && id !== base;
    chunk.dynamicImports
      ?.filter((next) => next.endsWith(`/words/${language}.ts`) || (isAll && isOwn && !isWords.test(next)))
      .forEach(visit);
  };
  entries.forEach(visit);
  return [...files];
}

function measure(/** @type {string} */ route, /** @type {string[]} */ nodes, /** @type {string} */ language) {
  const entries = [
    /client\/entry\.js$/,
    /generated\/client-optimized\/app\.js$/,
    new RegExp(`client-optimized/nodes/(${['0', '1', ...nodes].join('|')})\\.js$`),
    new RegExp(`i18n/${language}\\.ts$`),
    ...(AWAITED[route] ?? []),
  ];
  const files = filesOf(entries.flatMap(idsOf), language);
  const sum = (/** @type {string} */ ending) =>
    files.filter((file) => file.endsWith(ending)).reduce((total, file) => total + sizeOf(file), 0);
  const all = filesOf(entries.flatMap(idsOf), language, true).filter((file) => file.endsWith('.js'));
  const script = sum('.js');
  const later = all.reduce((total, file) => total + sizeOf(file), 0) - script;
  return { script, later, style: sum('.css'), files: files.length };
}

const kB = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(1).padStart(5);
const dictionary = app.slice(app.indexOf('export const dictionary'), app.indexOf('export const hooks'));
const complaints = [];
for (const [, route = '', node = '', above = ''] of dictionary.matchAll(
  /"(\/[^"]*)":\s*\[~?(\d+)(?:,\s*\[([\d,\s]*)\])?/g,
)) {
  const nodes = [node, ...above.split(',').map((one) => one.trim())].filter(Boolean);
  const sizes = ['en', 'zh'].map((language) => measure(route, nodes, language));
  const { script, later, style, files } = sizes.reduce((a, b) => (b.script > a.script ? b : a));
  const limit = LIMITS[route] ?? LIMIT;
  console.log(
    `${route.padEnd(22)} js ${kB(script)} kB of ${limit / 1000}   later ${kB(later)} kB   css ${kB(style)} kB   ${files} files`,
  );
  if (script > limit)
    complaints.push(`${route} downloads ${kB(script).trim()} kB of JavaScript, more than ${limit / 1000}.`);
}
if (process.argv.includes('--check') && complaints.length > 0) {
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = 1;
}
