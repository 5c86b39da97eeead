// What the viewer asks of whatever draws: keep decoded images ready, draw one of them.
import type { Look } from './companding';
import type { Tone } from './tone';
import type { Size, View } from './view';

export type Encoding = 'composite' | 'companded';

/** The same settings as both kinds of images take them. */
export interface Shades {
  tone: Tone;
  look: Look;
}

/** An image that is decoded and ready to be drawn. */
export interface Decoded extends Size {
  /** Unique among the images on the page. */
  key: string;
  bitmap: ImageBitmap;
  /** Finished colours, or the bands themselves (companding.ts). */
  encoding: Encoding;
  /** Null where the survey does not say. */
  pixelScaleArcsec: number | null;
}

export interface Renderer {
  /** Prepares these images, so that drawing one is instant, and frees all others. */
  keep(images: Decoded[]): void;
  /** Draws; `port` is in device pixels. */
  draw(image: Decoded, view: View, shades: Shades, port: Size): void;
  dispose(): void;
}

/** Above this many screen pixels per image pixel, pixels are shown as squares. */
export const PIXELS_FROM = 4;
