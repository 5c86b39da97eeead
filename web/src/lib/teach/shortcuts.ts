// The keys of quiz and practice: those of the classify page, as far as they have a meaning here.
import type { Answer } from '#lib/api/client';
import { actionOf } from '#lib/classify/keys';
import { preferences } from '#lib/classify/preferences.svelte';
import type { Viewport } from '#lib/cutout/viewport.svelte';

export interface Shortcuts {
  viewport: Viewport;
  answer: (answer: Answer) => void;
  /** Enter, where no control has the focus that would take it. */
  enter: () => void;
}

/** Handles keys on the whole page, or, with single-key shortcuts off, on the image alone. */
export function shortcuts({ viewport, answer, enter }: Shortcuts): (event: KeyboardEvent) => void {
  return (event) => {
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (event.defaultPrevented || target?.closest('input, textarea, select, dialog')) return;
    const onImage = Boolean(target?.closest('[data-viewer]'));
    if (!preferences.shortcuts && !onImage) return;
    if (event.key === 'Enter') {
      if (event.repeat || target?.closest('a, button, summary')) return;
      enter();
      event.preventDefault();
      return;
    }
    const action = actionOf(event);
    if (!action) return;
    switch (action.do) {
      case 'answer':
        answer(action.answer);
        break;
      case 'look':
        // The arrows scroll the page unless there is something to move.
        if (!viewport.canPan) return;
        viewport.look(action.direction);
        break;
      case 'in':
        viewport.zoomIn();
        break;
      case 'out':
        viewport.zoomOut();
        break;
      case 'all':
        viewport.all();
        break;
      case 'preset':
        viewport.preset = action.preset;
        break;
      default:
        return;
    }
    event.preventDefault();
  };
}
