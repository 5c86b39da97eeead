// Which key means what. A table and a few rules; the page carries the actions out.
import { ANSWERS, type Answer } from '#lib/api/client';
import { type Preset, PRESETS } from '#lib/cutout/tone';
import type { Direction } from '#lib/cutout/view';

export type Action =
  | { do: 'answer'; answer: Answer }
  | { do: 'look'; direction: Direction }
  | { do: 'preset'; preset: Preset }
  | { do: 'undo' | 'in' | 'out' | 'all' | 'sheet' | 'mark' | 'full' };

const ARROWS: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
const PRESET_KEYS = ['q', 'w', 'e', 'r'];
/** Actions that a held key repeats; an answer never repeats. */
const REPEATING: Action['do'][] = ['look', 'in', 'out'];

export interface Press {
  key: string;
  repeat: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** The action of a key press, or null where it has none. */
export function actionOf(press: Press): Action | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const action = meaning(press.key);
  return action && press.repeat && !REPEATING.includes(action.do) ? null : action;
}

function meaning(key: string): Action | null {
  const answer = ANSWERS[Number(key) - 1];
  if (answer) return { do: 'answer', answer };
  const direction = ARROWS[key];
  if (direction) return { do: 'look', direction };
  const preset = PRESETS[PRESET_KEYS.indexOf(key.toLowerCase())];
  if (preset) return { do: 'preset', preset };
  switch (key) {
    case 'z':
    case 'Z':
      return { do: 'undo' };
    case 'm':
    case 'M':
      return { do: 'mark' };
    case 'f':
    case 'F':
      return { do: 'full' };
    case '+':
    case '=':
      return { do: 'in' };
    case '-':
    case '_':
    case '−':
      return { do: 'out' };
    case '0':
      return { do: 'all' };
    case '?':
    case '？':
      return { do: 'sheet' };
    default:
      return null;
  }
}
