// Fetches and decodes one cutout, bytes untouched by colour management.
import type { Decoded } from './renderer';

const TIMEOUT_MS = 30_000;
const PAUSE_MS = 400;

/** The image could not be had: no network, a refusal, or bytes that are no image. */
export class ImageUnavailable extends Error {
  override name = 'ImageUnavailable';
}

export interface ImageAddress {
  url: string;
  pixel_scale_arcsec?: number | null;
}

/** @throws ImageUnavailable after a second try */
export async function decodeImage(key: string, image: ImageAddress, tries = 2): Promise<Decoded> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(image.url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) throw new ImageUnavailable(`${image.url}: ${response.status}`);
      const bitmap = await createImageBitmap(await response.blob(), {
        colorSpaceConversion: 'none',
        premultiplyAlpha: 'none',
      });
      return {
        key,
        bitmap,
        width: bitmap.width,
        height: bitmap.height,
        pixelScaleArcsec: image.pixel_scale_arcsec ?? null,
      };
    } catch (error) {
      if (attempt >= tries) throw new ImageUnavailable(String(error), { cause: error });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
