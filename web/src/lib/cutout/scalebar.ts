// The scale bar: the longest round angle that fits a given width.

export interface ScaleBar {
  arcsec: number;
  /** Length on the screen, in CSS pixels. */
  pixels: number;
}

/**
 * @param pixelsPerArcsec CSS pixels per arcsecond at the present zoom
 * @param room the longest bar wanted, in CSS pixels
 * @returns null where the image's scale is unknown
 */
export function scaleBar(pixelsPerArcsec: number, room: number): ScaleBar | null {
  if (!Number.isFinite(pixelsPerArcsec) || pixelsPerArcsec <= 0) return null;
  const longest = room / pixelsPerArcsec;
  const decade = 10 ** Math.floor(Math.log10(longest) + 1e-9);
  const arcsec = [5, 2, 1].map((step) => step * decade).find((length) => length <= longest * (1 + 1e-9));
  return arcsec === undefined ? null : { arcsec, pixels: arcsec * pixelsPerArcsec };
}
