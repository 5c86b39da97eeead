// Places on an image as shares of its width and height, from the top left corner: the mark of a
// person, and the outlines that come with a solution.
import type { Direction, Size, View } from './view';
import { scale } from './view';

export interface Mark {
  /** To the right, 0 to 1. */
  x: number;
  /** Down, 0 to 1. */
  y: number;
}

/** Closed polygons, each a list of [x, y]. */
export type Outline = readonly (readonly (readonly number[])[])[];

const share = (value: number) => Math.min(1, Math.max(0, value));

export const clampMark = (mark: Mark): Mark => ({ x: share(mark.x), y: share(mark.y) });

export function moveMark(mark: Mark, direction: Direction, step: number): Mark {
  const [x, y] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction] as [number, number];
  return clampMark({ x: mark.x + x * step, y: mark.y + y * step });
}

/** Rounded to what a person can aim at, as it is sent. */
export const rounded = ({ x, y }: Mark): Mark => ({
  x: Math.round(x * 1e4) / 1e4,
  y: Math.round(y * 1e4) / 1e4,
});

/** Where a place of the image lies in the viewport, CSS pixels. */
export function onScreen(mark: Mark, view: View, image: Size, port: Size): [number, number] {
  const s = scale(view, image, port);
  return [
    port.width / 2 + (mark.x * image.width - view.centreX) * s,
    port.height / 2 + (mark.y * image.height - view.centreY) * s,
  ];
}

/** The outline as a path in CSS pixels of the viewport; what is no polygon is left out. */
export function outlinePath(outline: Outline, view: View, image: Size, port: Size): string {
  const point = ([x, y]: readonly number[]) =>
    onScreen({ x: x ?? NaN, y: y ?? NaN }, view, image, port)
      .map((value) => value.toFixed(1))
      .join(' ');
  const isPoint = (one: readonly number[]) => Number.isFinite(one[0]) && Number.isFinite(one[1]);
  return outline
    .filter((polygon) => polygon.length > 2 && polygon.every(isPoint))
    .map((polygon) => `M${polygon.map(point).join('L')}Z`)
    .join('');
}
