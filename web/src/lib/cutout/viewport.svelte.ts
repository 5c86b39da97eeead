// The viewer's state that the image, the on-screen buttons and the keys share: which part of the
// image shows, how it is toned, how large the viewport is, what is marked on it.
import { look as lookOf } from './companding';
import { clampMark, type Mark, moveMark } from './mark';
import type { Decoded, Shades } from './renderer';
import { scaleBar } from './scalebar';
import { type Fine, NEUTRAL, type Preset, tone } from './tone';
import {
  canPan,
  clamp,
  type Direction,
  home,
  imagePoint,
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
  /** Where the person says the arc is. */
  mark: Mark | null = $state.raw(null);
  /** Whether presses set the mark. */
  isMarking = $state(false);
  /** Where the keyboard's cross is, while marking. */
  cross: Mark | null = $state.raw(null);
  /** Whether an outline, if there is one, shows. */
  showsOutline = $state(true);

  #image: Decoded | null = $state.raw(null);
  #view: View = $state.raw({ zoom: 1, centreX: 0, centreY: 0 });

  get image(): Decoded | null {
    return this.#image;
  }

  get view(): View {
    return this.#view;
  }

  get shades(): Shades {
    return { tone: tone(this.preset, this.fine), look: lookOf(this.preset, this.fine) };
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
  show(image: Decoded | null, mark: Mark | null = null): void {
    if (image?.key === this.#image?.key) return;
    this.#image = image;
    this.mark = mark;
    this.stopMarking();
    this.showsOutline = true;
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
    if (this.isMarking) return;
    if (this.zoom >= DOUBLE_ZOOM - 1e-6) this.all();
    else this.zoomBy(DOUBLE_ZOOM, x, y);
  }

  startMarking(): void {
    if (!this.#image) return;
    this.isMarking = true;
    this.cross = this.mark ?? this.#at(this.size.width / 2, this.size.height / 2);
  }

  stopMarking(): void {
    this.isMarking = false;
    this.cross = null;
  }

  /** Marks the image under a point of the viewport, or under the keyboard's cross. */
  placeMark(x?: number, y?: number): void {
    const place = x === undefined || y === undefined ? this.cross : this.#at(x, y);
    if (!this.isMarking || !place) return;
    this.mark = place;
    this.stopMarking();
  }

  removeMark(): void {
    this.mark = null;
    this.stopMarking();
  }

  /** Moves the keyboard's cross by a share of what shows. */
  moveCross(direction: Direction, isFine: boolean): void {
    if (!this.cross) return;
    this.cross = moveMark(this.cross, direction, (isFine ? 0.005 : 0.025) / this.zoom);
  }

  #at(x: number, y: number): Mark | null {
    const image = this.#image;
    if (!image) return null;
    const [imageX, imageY] = imagePoint(this.#view, image, this.size, x, y);
    return clampMark({ x: imageX / image.width, y: imageY / image.height });
  }

  #change(next: (view: View, image: Decoded) => View): void {
    if (this.#image) this.#view = next(this.#view, this.#image);
  }
}
