// WCAG 2.2 relative luminance and contrast ratio, for the test over the design tokens.

/** sRGB colour as `#rrggbb` → relative luminance, 0 (black) to 1 (white). */
export function luminance(hex: string): number {
  const channel = (at: number) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** Contrast ratio of two `#rrggbb` colours, 1 to 21, whichever is lighter. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The colour tokens of one theme block of a stylesheet, by name without the dashes. */
export function themeTokens(css: string, theme: 'light' | 'dark'): Record<string, string> {
  const at = css.indexOf(`[data-theme='${theme}'] {`);
  const block = css.slice(at, css.indexOf('}', at));
  return Object.fromEntries(
    [...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1] ?? '', m[2] ?? '']),
  );
}
