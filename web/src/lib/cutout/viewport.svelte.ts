// The viewer's state that the image, the on-screen buttons and the keys share: which part of the
// image shows, how it is toned, how large the viewport is.
import type { Decoded } from './renderer';
import { scaleBar } from './scalebar';
import { type Fine, NEUTRAL, type Preset, type Tone, tone } from './tone';
import {
  canPan,
  clamp,
  type Direction,
  home,
  look,
  MAX_ZOOM,
  MIN_ZOOM,
  panBy,
  scale,
  type Size,
  type View,
  ZOOM_STEP,
  zoomAt,
} from './view';

/** A double tap comes this much closer, and from here on it goes back to the whole image. */
const DOUBLE_ZOOM = 2.5;
const SCALE_BAR_SHARE = 0.3;

export class Viewport {
  preset: Preset = $state('standard');
  fine: Fine = $state.raw(NEUTRAL);
  /** Whether preset and fine tuning stay for the next image. */
  keep = $state(false);
  /** CSS pixels. */
  size: Size = $state.raw({ width: 1, height: 1 });

  #image: Decoded | null = $state.raw(null);
  #view: View = $state.raw({ zoom: 1, centreX: 0, centreY: 0 });

  get image(): Decoded | null {
    return this.#image;
  }

  get view(): View {
    return this.#view;
  }

  get tone(): Tone {
    return tone(this.preset, this.fine);
  }

  get zoom(): number {
    return this.#view.zoom;
  }

  get canZoomIn(): boolean {
    return this.#image !== null && this.zoom < MAX_ZOOM - 1e-6;
  }

  get canZoomOut(): boolean {
    return this.zoom > MIN_ZOOM + 1e-6;
  }

  get canPan(): boolean {
    return canPan(this.#view);
  }

  get scaleBar() {
    const image = this.#image;
    if (!image?.pixelScaleArcsec) return null;
    return scaleBar(
      scale(this.#view, image, this.size) / image.pixelScaleArcsec,
      SCALE_BAR_SHARE * this.size.width,
    );
  }

  /** A new image is shown whole, and as the survey shows it unless the person keeps their settings. */
  show(image: Decoded | null): void {
    if (image?.key === this.#image?.key) return;
    this.#image = image;
    if (image) this.#view = home(image);
    if (!this.keep) this.plain();
  }

  plain(): void {
    this.preset = 'standard';
    this.fine = NEUTRAL;
  }

  resize(size: Size): void {
    this.size = size;
    this.#change((view, image) => clamp(view, image, size));
  }

  zoomBy(factor: number, x = this.size.width / 2, y = this.size.height / 2): void {
    this.#change((view, image) => zoomAt(view, image, this.size, factor, x, y));
  }

  zoomIn = () => this.zoomBy(ZOOM_STEP);
  zoomOut = () => this.zoomBy(1 / ZOOM_STEP);

  all = () => this.#change((_, image) => home(image));

  look(direction: Direction): void {
    this.#change((view, image) => look(view, image, this.size, direction));
  }

  pan(dx: number, dy: number): void {
    this.#change((view, image) => panBy(view, image, this.size, dx, dy));
  }

  double(x: number, y: number): void {
    if (this.zoom >= DOUBLE_ZOOM - 1e-6) this.all();
    else this.zoomBy(DOUBLE_ZOOM, x, y);
  }

  #change(next: (view: View, image: Decoded) => View): void {
    if (this.#image) this.#view = next(this.#view, this.#image);
  }
}
