// What the table of rounds shows. The campaign writes its own summary of each round; simple values
// and numbers with an interval become cells, anything else is left to the report.
import type { Round } from '#lib/api/client';

export interface Interval {
  value: number;
  low: number;
  high: number;
}
export type Cell = string | number | boolean | Interval;

export interface RoundRow {
  round: number;
  state: Round['state'];
  cells: Record<string, Cell>;
}

/** Longer strings are digests or sentences, which belong into the report. */
const LONGEST = 24;
/** Columns that repeat what the table says anyway. */
const SKIPPED = ['round', 'state', 'slug', 'schema_version'];

/** Rows, newest first, and the names of the columns in the order in which they first appear. */
export function roundTable(rounds: Round[]): { columns: string[]; rows: RoundRow[] } {
  const columns: string[] = [];
  const rows = rounds.map(({ round, state, summary }) => {
    const cells: RoundRow['cells'] = {};
    for (const [name, value] of Object.entries(summary ?? {})) {
      const cell = SKIPPED.includes(name) ? null : cellOf(value);
      if (cell === null) continue;
      cells[name] = cell;
      if (!columns.includes(name)) columns.push(name);
    }
    return { round, state, cells };
  });
  return { columns, rows: rows.reverse() };
}

export const isInterval = (cell: Cell | undefined): cell is Interval => typeof cell === 'object';

function cellOf(value: unknown): Cell | null {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string') return value.length <= LONGEST ? value : null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const fields = value as Record<string, unknown>;
  const middle = fields.value ?? fields.estimate;
  if (typeof middle === 'number' && typeof fields.low === 'number' && typeof fields.high === 'number') {
    return { value: middle, low: fields.low, high: fields.high };
  }
  // A number or the reason for its absence; a rate at a threshold; a decision.
  return cellOf(fields.value ?? fields.tpr ?? fields.accepted ?? null);
}
