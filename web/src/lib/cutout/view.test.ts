// Zooming and panning: what stays fixed, and what the edges forbid.
import { describe, expect, it } from 'vitest';
import { canPan, clamp, home, imagePoint, look, MAX_ZOOM, panBy, scale, zoomAt } from './view';

const image = { width: 380, height: 380 };
const port = { width: 760, height: 760 };

describe('zooming', () => {
  it('keeps the image point under the pointer', () => {
    let view = home(image);
    for (const factor of [1.5, 1.5, 2, 0.8]) {
      const before = imagePoint(view, image, port, 300, 420);
      view = zoomAt(view, image, port, factor, 300, 420);
      const after = imagePoint(view, image, port, 300, 420);
      expect(after[0]).toBeCloseTo(before[0], 9);
      expect(after[1]).toBeCloseTo(before[1], 9);
    }
  });

  it('stops at the limits', () => {
    expect(zoomAt(home(image), image, port, 1000, 10, 10).zoom).toBe(MAX_ZOOM);
    expect(zoomAt(home(image), image, port, 0.01, 10, 10)).toEqual(home(image));
  });

  it('zooming in a corner does not show beyond the edge', () => {
    const view = zoomAt(home(image), image, port, 3, 0, 0);
    expect(imagePoint(view, image, port, 0, 0)).toEqual([0, 0]);
  });

  it('there and back again ends at the whole image', () => {
    const near = zoomAt(home(image), image, port, 4, 700, 100);
    expect(zoomAt(near, image, port, 1 / 4, 20, 500)).toEqual(home(image));
  });
});

describe('panning', () => {
  it('moves the image with the finger', () => {
    const view = zoomAt(home(image), image, port, 4, 380, 380);
    const moved = panBy(view, image, port, 80, -40);
    expect(moved.centreX).toBeCloseTo(view.centreX - 10, 9);
    expect(moved.centreY).toBeCloseTo(view.centreY + 5, 9);
  });

  it('stops at each edge', () => {
    let view = zoomAt(home(image), image, port, 2, 380, 380);
    for (let press = 0; press < 20; press++) view = look(view, image, port, 'right');
    expect(imagePoint(view, image, port, port.width, 0)[0]).toBeCloseTo(image.width, 9);
    for (let press = 0; press < 20; press++) view = look(view, image, port, 'up');
    expect(imagePoint(view, image, port, 0, 0)[1]).toBeCloseTo(0, 9);
  });

  it('has nowhere to go while the whole image shows', () => {
    expect(look(home(image), image, port, 'left')).toEqual(home(image));
    expect(canPan(home(image))).toBe(false);
  });
});

it('an image of another shape is fitted whole and stays centred on the short side', () => {
  const wide = { width: 400, height: 200 };
  expect(scale(home(wide), wide, port)).toBeCloseTo(1.9, 9);
  const view = clamp({ zoom: 1.2, centreX: 0, centreY: 0 }, wide, port);
  expect(view.centreY).toBe(100);
  expect(view.centreX).toBeCloseTo(760 / (2 * 1.2 * 1.9), 9);
});
