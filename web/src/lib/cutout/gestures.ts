// Turns wheel, drag, pinch and double tap on an element into changes of the view.
import type { Attachment } from 'svelte/attachments';

export interface GestureTarget {
  /** Zoom by a factor about a point of the element, CSS pixels. */
  zoom(factor: number, x: number, y: number): void;
  /** Move by CSS pixels. */
  pan(dx: number, dy: number): void;
  /** A tap or click that moved nothing. */
  tap(x: number, y: number): void;
  /** Double tap or double click at a point. */
  double(x: number, y: number): void;
}

const TAP_MS = 300;
const TAP_PX = 24;

export function gestures(target: GestureTarget): Attachment<HTMLElement> {
  return (element) => {
    const pointers = new Map<number, { x: number; y: number }>();
    let lastTap = { time: -Infinity, x: 0, y: 0 };
    let travelled = 0;

    const local = (event: MouseEvent) => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const spread = () => {
      const [a, b] = [...pointers.values()];
      return a && b
        ? { length: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
        : null;
    };

    function down(event: PointerEvent) {
      if (event.pointerType === 'mouse' && event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      if (pointers.size === 0) travelled = 0;
      pointers.set(event.pointerId, local(event));
    }

    function move(event: PointerEvent) {
      const from = pointers.get(event.pointerId);
      if (!from) return;
      const to = local(event);
      const before = spread();
      pointers.set(event.pointerId, to);
      const after = spread();
      if (before && after) {
        travelled = Infinity;
        if (before.length > 0) target.zoom(after.length / before.length, after.x, after.y);
        target.pan(after.x - before.x, after.y - before.y);
      } else {
        travelled += Math.hypot(to.x - from.x, to.y - from.y);
        target.pan(to.x - from.x, to.y - from.y);
      }
    }

    function up(event: PointerEvent) {
      if (!pointers.delete(event.pointerId) || event.type === 'pointercancel' || pointers.size > 0) return;
      if (travelled > TAP_PX / 2) return;
      const { x, y } = local(event);
      target.tap(x, y);
      const isSecond =
        event.timeStamp - lastTap.time < TAP_MS && Math.hypot(x - lastTap.x, y - lastTap.y) < TAP_PX;
      if (isSecond) target.double(x, y);
      lastTap = isSecond ? { time: -Infinity, x, y } : { time: event.timeStamp, x, y };
    }

    function wheel(event: WheelEvent) {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : 1;
      const { x, y } = local(event);
      // Pinches on a touchpad arrive as small wheel steps with ctrl held.
      target.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), x, y);
    }

    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
      element.removeEventListener('wheel', wheel);
    };
  };
}
