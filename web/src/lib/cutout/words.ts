// The words of the viewer and its controls. They come with the viewer, in both languages: whatever
// page shows a picture has them without loading anything.
import { i18n } from '#lib/i18n/i18n.svelte';
import type { Preset } from './tone';

const en = {
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

const zh: typeof en = {
  image: '星空图像',
  imageHelp: '用 + 和 − 缩放，用方向键移动，按 0 显示全图。',
  tools: {
    label: '缩放与移动',
    in: '放大',
    out: '缩小',
    reset: '显示全图',
    left: '向左看',
    right: '向右看',
    up: '向上看',
    down: '向下看',
    full: '全屏',
    leaveFull: '退出全屏',
  },
  zoom: (factor) => `放大 ${factor} 倍`,
  scale: (arcsec) => `${arcsec} 角秒`,
  compass: '上北左东',
  north: '北',
  east: '东',
  presets: { label: '亮度', standard: '标准', faint: '暗弱', cores: '亮核', blue: '蓝弧' },
  fine: {
    title: '微调',
    brightness: '亮度',
    contrast: '对比度',
    invert: '反色',
    reset: '还原',
    keep: '用于后面的图像',
    limits: '这些图像是成品图，最暗的光已经丢失。',
  },
  outline: { shown: '弧已用线圈出。', show: '显示轮廓', hide: '隐藏轮廓' },
  mark: {
    start: '标出弧的位置',
    stop: '标好了',
    remove: '去掉标记',
    help: '请点按弧所在的位置。使用键盘时：方向键移动十字，回车键标记，Esc 键结束。',
    set: '位置已标记。',
    removed: '标记已去掉。',
  },
};

const catalogues = { en, zh };

export const words = {
  get t(): typeof en {
    return catalogues[i18n.locale];
  },
};
