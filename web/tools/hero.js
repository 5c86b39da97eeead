// Draws the two pictures of the home page, the sky with and without the bending, into static/hero/.
// They are files, because a phone should not compute a sky before it shows the first page. Run by hand
// after a change of src/lib/lens/pictures.ts; needs Chromium for the encoding.
import { writeFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { createServer } from 'vite';

const SIDE = 640;
const QUALITY = 0.84;

const vite = await createServer({ appType: 'custom', server: { middlewareMode: true, hmr: false } });
const { clusterScene } = await vite.ssrLoadModule('/src/lib/lens/pictures.ts');
const scene = clusterScene(SIDE);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage();

for (const [name, mass] of [
  ['bent', 1],
  ['plain', 0],
]) {
  const pixels = new Uint8ClampedArray(4 * SIDE * SIDE);
  scene.paint(pixels, mass);
  const base64 = await page.evaluate(
    async ([side, quality, raw]) => {
      const canvas = new OffscreenCanvas(side, side);
      const bytes = Uint8ClampedArray.from(atob(raw), (char) => char.charCodeAt(0));
      canvas.getContext('2d').putImageData(new ImageData(bytes, side, side), 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
      return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
    },
    [SIDE, QUALITY, Buffer.from(pixels).toString('base64')],
  );
  const file = Buffer.from(base64, 'base64');
  writeFileSync(`static/hero/${name}.webp`, file);
  console.log(`static/hero/${name}.webp: ${file.length} bytes`);
}
await browser.close();
await vite.close();
