// Fetches and decodes one cutout, bytes untouched by colour management.
import { small } from './forms';
import type { Decoded, Encoding } from './renderer';

const TIMEOUT_MS = 30_000;
const PAUSE_MS = 400;

/** The image could not be had: no network, a refusal, or bytes that are no image. */
export class ImageUnavailable extends Error {
  override name = 'ImageUnavailable';
}

export interface ImageAddress {
  url: string;
  encoding: Encoding;
  /** Of the whole image. */
  width: number;
  pixel_scale_arcsec?: number | null;
}

/** Loading was given up, because the image is wanted in another form. */
export class Superseded extends Error {
  override name = 'Superseded';
}

export interface DecodeOptions {
  /** With half as many pixels on a side. */
  saving?: boolean;
  /** Gives up. */
  signal?: AbortSignal;
  tries?: number;
}

/**
 * @throws ImageUnavailable after a second try
 * @throws Superseded
 */
export async function decodeImage(
  key: string,
  image: ImageAddress,
  { saving = false, signal, tries = 2 }: DecodeOptions = {},
): Promise<Decoded> {
  const url = saving ? small(image.url) : image.url;
  for (let attempt = 1; ; attempt++) {
    try {
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
      if (!response.ok) throw new ImageUnavailable(`${url}: ${response.status}`);
      const bitmap = await createImageBitmap(await response.blob(), {
        colorSpaceConversion: 'none',
        premultiplyAlpha: 'none',
      });
      const { width, height } = bitmap;
      const scale = image.pixel_scale_arcsec;
      return {
        key,
        bitmap,
        encoding: image.encoding,
        width,
        height,
        pixelScaleArcsec: scale ? (scale * image.width) / width : null,
      };
    } catch (error) {
      if (signal?.aborted) throw new Superseded();
      if (attempt >= tries) throw new ImageUnavailable(String(error), { cause: error });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
