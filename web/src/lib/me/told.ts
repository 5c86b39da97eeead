// What was told after an answer, in one sentence.
import type { Answer } from '#lib/api/client';
import type { OwnAnswer } from './types';

type Ways = Record<'right' | 'wrong' | 'unsure', string>;
interface Words {
  lens: Ways;
  no_lens: Ways;
  withdrawn: string;
}

export function toldOf(told: NonNullable<OwnAnswer['told']>, answer: Answer, words: Words): string {
  if (told.is_lens === null) return words.withdrawn;
  const ways = told.is_lens ? words.lens : words.no_lens;
  if (answer === 'unsure') return ways.unsure;
  return told.correct ? ways.right : ways.wrong;
}
