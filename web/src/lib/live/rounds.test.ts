// The table of rounds takes what the campaign writes, whatever it is.
import { expect, it } from 'vitest';
import type { Round } from '#lib/api/client';
import { roundTable } from './rounds';

const round = (number: number, summary: Round['summary']): Round => ({
  round: number,
  state: 'done',
  started_at: '',
  ended_at: null,
  summary,
});
const cells = (summary: Round['summary']) => roundTable([round(1, summary)]).rows[0]?.cells;

it('shows newest first and a column for everything simple', () => {
  const table = roundTable([round(1, { votes: 10 }), round(2, { votes: 12, promoted: true, list: [1] })]);
  expect(table.columns).toEqual(['votes', 'promoted']);
  expect(table.rows.map((row) => row.round)).toEqual([2, 1]);
  expect(table.rows[0]?.cells).toEqual({ votes: 12, promoted: true });
});

it('keeps the interval of a rate', () => {
  const rate = { value: 0.5, low: 0.4, high: 0.6, successes: 5, trials: 10 };
  const kept = { value: 0.5, low: 0.4, high: 0.6 };
  expect(cells({ completeness: rate, average_precision: { value: rate } })).toEqual({
    completeness: kept,
    average_precision: kept,
  });
  expect(cells({ tpr: { value: { fpr: 0.01, tpr: rate } } })).toEqual({ tpr: kept });
  expect(cells({ audit: { estimate: 0.5, low: 0.4, high: 0.6, truth: 1 } })).toEqual({ audit: kept });
});

it("keeps a gate's decision and leaves its reason to the report", () => {
  expect(cells({ gate: { accepted: false, reason: 'the interval holds zero' } })).toEqual({ gate: false });
});

it('leaves out digests, what is missing, and what the table says anyway', () => {
  const summary = {
    digest: 'f'.repeat(64),
    purity: null,
    auroc: { missing: 'no lens' },
    round: 1,
    nan: Number.NaN,
  };
  expect(roundTable([round(1, summary)]).columns).toEqual([]);
});

it('a round without a summary is a row without cells', () => {
  expect(roundTable([round(1, null)])).toEqual({
    columns: [],
    rows: [{ round: 1, state: 'done', cells: {} }],
  });
});
