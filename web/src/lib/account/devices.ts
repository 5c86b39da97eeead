// Names of browsers and systems by the server's codes. Most are names in every language; the others are
// in the catalogue.

const NAMES: Record<string, string> = {
  firefox: 'Firefox',
  chrome: 'Chrome',
  safari: 'Safari',
  edge: 'Edge',
  opera: 'Opera',
  windows: 'Windows',
  macos: 'macOS',
  linux: 'Linux',
  chromeos: 'ChromeOS',
};

/** The name of a code; `words` are those that differ between languages. */
export function deviceName(code: string, words: Record<string, string>, otherwise: string): string {
  return (Object.hasOwn(words, code) ? words[code] : undefined) ?? NAMES[code] ?? otherwise;
}
