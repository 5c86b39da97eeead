// The part of an image that a viewer shows: zoom factor and the image point in the middle.
// Pure arithmetic; gestures.ts and the buttons call it, the renderers read it.

/** Zoom 1 shows the whole image. The centre is in image pixels from the top left corner. */
export interface View {
  zoom: number;
  centreX: number;
  centreY: number;
}

export interface Size {
  width: number;
  height: number;
}

export const MIN_ZOOM = 1;
export const MAX_ZOOM = 12;
/** One press of + or −. */
export const ZOOM_STEP = 1.5;
/** One press of an arrow moves by this share of the viewport. */
export const PAN_STEP = 0.2;

/** The whole image. */
export function home(image: Size): View {
  return { zoom: 1, centreX: image.width / 2, centreY: image.height / 2 };
}

/** Screen pixels per image pixel. */
export function scale(view: View, image: Size, port: Size): number {
  return view.zoom * Math.min(port.width / image.width, port.height / image.height);
}

/** Keeps the zoom in its range and the image from leaving the viewport. */
export function clamp(view: View, image: Size, port: Size): View {
  const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, view.zoom));
  const s = scale({ ...view, zoom }, image, port);
  const axis = (centre: number, length: number, room: number) => {
    const half = room / (2 * s);
    return length <= 2 * half ? length / 2 : Math.min(length - half, Math.max(half, centre));
  };
  return {
    zoom,
    centreX: axis(view.centreX, image.width, port.width),
    centreY: axis(view.centreY, image.height, port.height),
  };
}

/** The image point under a point of the viewport (both from the top left). */
export function imagePoint(view: View, image: Size, port: Size, x: number, y: number): [number, number] {
  const s = scale(view, image, port);
  return [view.centreX + (x - port.width / 2) / s, view.centreY + (y - port.height / 2) / s];
}

/** Zooms by a factor, keeping the image point under (x, y) where it is, as far as the edges allow. */
export function zoomAt(view: View, image: Size, port: Size, factor: number, x: number, y: number): View {
  const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, view.zoom * factor));
  const [imageX, imageY] = imagePoint(view, image, port, x, y);
  const s = scale({ ...view, zoom }, image, port);
  return clamp(
    { zoom, centreX: imageX - (x - port.width / 2) / s, centreY: imageY - (y - port.height / 2) / s },
    image,
    port,
  );
}

/** Moves the image by screen pixels, as a drag does. */
export function panBy(view: View, image: Size, port: Size, dx: number, dy: number): View {
  const s = scale(view, image, port);
  return clamp({ ...view, centreX: view.centreX - dx / s, centreY: view.centreY - dy / s }, image, port);
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Looks further in a direction, as an arrow key does: `right` shows what lies to the right. */
export function look(view: View, image: Size, port: Size, direction: Direction): View {
  const [dx, dy] = { left: [1, 0], right: [-1, 0], up: [0, 1], down: [0, -1] }[direction] as [number, number];
  return panBy(view, image, port, dx * PAN_STEP * port.width, dy * PAN_STEP * port.height);
}

/** True where some of the image lies outside the viewport, so that there is something to pan to. */
export function canPan(view: View): boolean {
  return view.zoom > MIN_ZOOM + 1e-6;
}
