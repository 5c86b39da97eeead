// The viewer and its controls in Chinese.
import type { en } from './en';

export const zh: typeof en = {
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
