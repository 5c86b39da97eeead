// What a person knows about a picture beforehand: fields as typed, checked, and made into a query.

export interface HintFields {
  ra: string;
  dec: string;
  radius: string;
  low: string;
  high: string;
}
export type HintError = 'number' | 'raRange' | 'decRange' | 'radiusRange' | 'scaleRange' | 'together';
export type HintErrors = Partial<Record<keyof HintFields, HintError>>;
export interface HintQuery {
  ra?: number;
  dec?: number;
  radius?: number;
  scale_low?: number;
  scale_high?: number;
}

export const NO_HINTS: HintFields = { ra: '', dec: '', radius: '', low: '', high: '' };

/** A number as people type it: a comma for the point, a true minus. */
export function numberOf(text: string): number {
  const plain = text.trim().replace(',', '.').replace('−', '-');
  return plain === '' ? Number.NaN : Number(plain);
}

const within: Record<keyof HintFields, [(value: number) => boolean, HintError]> = {
  ra: [(value) => value >= 0 && value <= 360, 'raRange'],
  dec: [(value) => value >= -90 && value <= 90, 'decRange'],
  radius: [(value) => value > 0 && value <= 180, 'radiusRange'],
  low: [(value) => value >= 0.001 && value <= 36_000, 'scaleRange'],
  high: [(value) => value >= 0.001 && value <= 36_000, 'scaleRange'],
};
const GROUPS: (keyof HintFields)[][] = [
  ['ra', 'dec', 'radius'],
  ['low', 'high'],
];

/** What is wrong with each field; nothing if all is well. */
export function check(fields: HintFields): HintErrors {
  const errors: HintErrors = {};
  for (const group of GROUPS) {
    const filled = group.filter((name) => fields[name].trim() !== '');
    if (filled.length === 0) continue;
    for (const name of group) {
      const value = numberOf(fields[name]);
      const [isWithin, error] = within[name];
      if (fields[name].trim() === '') errors[name] = 'together';
      else if (!Number.isFinite(value)) errors[name] = 'number';
      else if (!isWithin(value)) errors[name] = error;
    }
  }
  if (!errors.low && !errors.high && numberOf(fields.low) > numberOf(fields.high)) errors.high = 'scaleRange';
  return errors;
}

/** The query of fields that are right. */
export function queryOf(fields: HintFields): HintQuery {
  const place =
    fields.ra.trim() === ''
      ? {}
      : { ra: numberOf(fields.ra), dec: numberOf(fields.dec), radius: numberOf(fields.radius) };
  const scale =
    fields.low.trim() === '' ? {} : { scale_low: numberOf(fields.low), scale_high: numberOf(fields.high) };
  return { ...place, ...scale };
}
