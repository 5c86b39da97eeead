// Marks and outlines stay on their place of the image, whatever part of it shows.
import { describe, expect, it } from 'vitest';
import { clampMark, moveMark, onScreen, outlinePath, rounded } from './mark';
import { home, zoomAt } from './view';

const image = { width: 384, height: 384 };
const port = { width: 768, height: 768 };

describe('a mark', () => {
  it('lies at its share of the whole image', () => {
    expect(onScreen({ x: 0.25, y: 0.5 }, home(image), image, port)).toEqual([192, 384]);
  });

  it('stays under the pointer that zooms there, and is the same on the small form', () => {
    const [x, y] = onScreen({ x: 0.3, y: 0.6 }, home(image), image, port);
    const closer = zoomAt(home(image), image, port, 4, x, y);
    const [nowX, nowY] = onScreen({ x: 0.3, y: 0.6 }, closer, image, port);
    expect(nowX).toBeCloseTo(x, 6);
    expect(nowY).toBeCloseTo(y, 6);
    const small = { width: 192, height: 192 };
    expect(onScreen({ x: 0.3, y: 0.6 }, home(small), small, port)).toEqual([x, y]);
  });

  it('never leaves the image', () => {
    expect(moveMark({ x: 0.99, y: 0.5 }, 'right', 0.1)).toEqual({ x: 1, y: 0.5 });
    expect(clampMark({ x: -3, y: 7 })).toEqual({ x: 0, y: 1 });
  });

  it('is sent with four digits', () => {
    expect(rounded({ x: 0.123456, y: 1 })).toEqual({ x: 0.1235, y: 1 });
  });
});

describe('an outline', () => {
  const square = [
    [0, 0],
    [0.5, 0],
    [0.5, 0.5],
  ];

  it('is a closed path for each polygon', () => {
    const path = outlinePath([square, square], home(image), image, port);
    expect(path).toBe('M0.0 0.0L384.0 0.0L384.0 384.0Z'.repeat(2));
  });

  it('leaves out what is no polygon', () => {
    expect(outlinePath([[[0, 0]], [[0, 0], [1], [1, 1]]], home(image), image, port)).toBe('');
  });
});
