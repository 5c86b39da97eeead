// The viewer and its controls in English, and the shape of the other language.
import type { Preset } from '../tone';

export const en = {
  image: 'Image of the sky',
  imageHelp: 'Zoom with + and −, move with the arrow keys, 0 shows all.',
  tools: {
    label: 'Zoom and move',
    in: 'Zoom in',
    out: 'Zoom out',
    reset: 'Show all',
    left: 'Look left',
    right: 'Look right',
    up: 'Look up',
    down: 'Look down',
    full: 'Full screen',
    leaveFull: 'Leave full screen',
  },
  zoom: (factor: string) => `Zoom ${factor}×`,
  scale: (arcsec: string) => `${arcsec} arcseconds`,
  compass: 'North is up, east is left',
  north: 'N',
  east: 'E',
  presets: {
    label: 'Brightness',
    standard: 'Standard',
    faint: 'Faint',
    cores: 'Bright cores',
    blue: 'Blue arcs',
  } satisfies Record<Preset | 'label', string>,
  fine: {
    title: 'Fine tune',
    brightness: 'Brightness',
    contrast: 'Contrast',
    invert: 'Invert',
    reset: 'Reset',
    keep: 'Keep for the next images',
    limits: 'These images are finished pictures, which have lost the faintest light.',
  },
  outline: {
    shown: 'The arcs are outlined.',
    show: 'Show outline',
    hide: 'Hide outline',
  },
  mark: {
    start: 'Mark the arc',
    stop: 'Done marking',
    remove: 'Remove mark',
    help: 'Press the place of the arc. With the keyboard: arrow keys move the cross, Enter sets the mark, Escape ends.',
    set: 'The place is marked.',
    removed: 'The mark is gone.',
  },
};
