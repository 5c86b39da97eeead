// How long it takes from a press to the next image on the screen, as a measure that the browser keeps:
// `performance.getEntriesByName(SWAP)`. Nothing of it is sent anywhere.

export const SWAP = 'lensfinder:next-image';
/** Measures kept; a page may stay open all day. */
const MOST = 500;

let pressed: { at: number; key: string } | null = null;

/** An answer was pressed at this time (of the event), and this image comes next. */
export function press(at: number, key: string | undefined): void {
  pressed = key === undefined ? null : { at, key };
}

/** A solution comes in between: reading it is no waiting. */
export function cancel(): void {
  pressed = null;
}

/** The frame that shows this image has begun. */
export function drawn(key: string): void {
  if (pressed?.key !== key) return;
  const start = pressed.at;
  pressed = null;
  // A task after the frame's callbacks runs when the frame was handed over to be shown.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    performance.measure(SWAP, { start, end: performance.now() });
    if (performance.getEntriesByName(SWAP).length > MOST) performance.clearMeasures(SWAP);
    port1.close();
  };
  port2.postMessage(null);
}
