// Draws cutouts where WebGL 2 is missing or was lost: the tone is applied once per image and
// setting to a copy, which is then drawn scaled.
import { composePixels } from './companding';
import { type Decoded, PIXELS_FROM, type Renderer, type Shades } from './renderer';
import { applyTone } from './tone';
import { scale, type Size, type View } from './view';

/** Null only where the browser has no canvas at all. */
export function canvas2dRenderer(canvas: HTMLCanvasElement): Renderer | null {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) return null;
  const toned = new Map<string, { settings: string; copy: HTMLCanvasElement }>();

  function copyOf(image: Decoded, shades: Shades): CanvasImageSource {
    const { tone, look } = shades;
    const settings = JSON.stringify(image.encoding === 'companded' ? look : tone);
    const ready = toned.get(image.key);
    if (ready?.settings === settings) return ready.copy;
    const copy = Object.assign(document.createElement('canvas'), {
      width: image.width,
      height: image.height,
    });
    const ink = copy.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!ink) return image.bitmap;
    ink.drawImage(image.bitmap, 0, 0);
    const pixels = ink.getImageData(0, 0, image.width, image.height);
    const { data } = pixels;
    if (image.encoding === 'companded') composePixels(look, data);
    else
      for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = applyTone(tone, data[i]! / 255, data[i + 1]! / 255, data[i + 2]! / 255);
        data[i] = 255 * r;
        data[i + 1] = 255 * g;
        data[i + 2] = 255 * b;
      }
    ink.putImageData(pixels, 0, 0);
    toned.set(image.key, { settings, copy });
    return copy;
  }

  return {
    keep(images) {
      const wanted = new Set(images.map((image) => image.key));
      for (const key of toned.keys()) if (!wanted.has(key)) toned.delete(key);
    },

    draw(image: Decoded, view: View, shades: Shades, port: Size) {
      const s = scale(view, image, port);
      context.imageSmoothingEnabled = s / devicePixelRatio < PIXELS_FROM;
      context.fillStyle = '#000';
      context.fillRect(0, 0, port.width, port.height);
      context.drawImage(
        copyOf(image, shades),
        port.width / 2 - view.centreX * s,
        port.height / 2 - view.centreY * s,
        image.width * s,
        image.height * s,
      );
    },

    dispose() {
      toned.clear();
    },
  };
}
