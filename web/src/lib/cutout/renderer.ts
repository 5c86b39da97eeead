// What the viewer asks of whatever draws: keep decoded images ready, draw one of them.
import type { Tone } from './tone';
import type { Size, View } from './view';

/** An image that is decoded and ready to be drawn. */
export interface Decoded extends Size {
  /** Unique among the images on the page. */
  key: string;
  bitmap: ImageBitmap;
  /** Null where the survey does not say. */
  pixelScaleArcsec: number | null;
}

export interface Renderer {
  /** Prepares these images, so that drawing one is instant, and frees all others. */
  keep(images: Decoded[]): void;
  /** Draws; `port` is in device pixels. */
  draw(image: Decoded, view: View, tone: Tone, port: Size): void;
  dispose(): void;
}

/** Above this many screen pixels per image pixel, pixels are shown as squares. */
export const PIXELS_FROM = 4;
