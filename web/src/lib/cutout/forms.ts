// The three forms in which the server has each image, by their addresses.

/** A finished thumbnail of 192 pixels, for lists and cards: `<img src={thumbnail(image.url)}>`. */
export const thumbnail = (url: string): string => url.replace(/\.webp$/, '.jpg');

/** The same image with half as many pixels on a side, for who saves data. */
export const small = (url: string): string => url.replace(/\.webp$/, '.small.webp');

/** Pixels on each side of a thumbnail. */
export const THUMBNAIL_SIDE = 192;
