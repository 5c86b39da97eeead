// English knows one and many; the catalogues choose with this.
const plural = new Intl.PluralRules('en');

/** `one` for exactly one, else `other`. */
export const s = (n: number, one: string, other: string): string =>
  plural.select(n) === 'one' ? one : other;
