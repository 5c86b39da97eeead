// The catalogues are complete and speak their own language.
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { pickLocale } from './i18n.svelte';
import { problems as enProblems } from './problems/en';
import { problems as zhProblems } from './problems/zh';
import { zh } from './zh';

type Leaf = string | ((...args: never[]) => string);

function leaves(node: unknown, path = ''): [string, Leaf][] {
  if (typeof node === 'string' || typeof node === 'function') return [[path, node as Leaf]];
  return Object.entries(node as object).flatMap(([key, value]) =>
    leaves(value, path ? `${path}.${key}` : key),
  );
}

/** What a leaf says; a number is a good argument everywhere. */
const text = (leaf: Leaf) =>
  typeof leaf === 'string' ? leaf : leaf(...(Array.from({ length: leaf.length }, () => 3) as never[]));

/** Names, which stand in every language, and keys of other things. */
const NAMES = /(^|\.)(brand|language|switchLanguage|id|guide)$/;
const HAN = /[\u4e00-\u9fff]/;

// The core and every area: `…/words/en.ts` beside `…/words/zh.ts`.
const areas = import.meta.glob<Record<string, unknown>>('../*/words/{en,zh}.ts', { eager: true });
const catalogues: [string, unknown, unknown][] = [
  ['core', en, zh],
  ['problems', enProblems, zhProblems],
  ...Object.keys(areas)
    .filter((path) => path.endsWith('/en.ts'))
    .map((path): [string, unknown, unknown] => [
      path.replace(/^\.\.\/|\/words\/en\.ts$/g, ''),
      areas[path]?.en,
      areas[path.replace(/en\.ts$/, 'zh.ts')]?.zh,
    ]),
];

describe.each(catalogues)('the words of %s', (_, ours, theirs) => {
  const english = new Map(leaves(ours));
  const chinese = new Map(leaves(theirs));

  it('have the same keys in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('take the same in both languages', () => {
    for (const [path, leaf] of english) {
      const other = chinese.get(path)!;
      expect(typeof other, path).toBe(typeof leaf);
      if (typeof leaf === 'function') expect((other as typeof leaf).length, path).toBe(leaf.length);
    }
  });

  it('leave nothing empty', () => {
    for (const [path, leaf] of [...english, ...chinese]) expect(text(leaf).trim(), path).not.toBe('');
  });

  it('are Chinese in Chinese and not in English, but for names', () => {
    const sentences = (of: Map<string, Leaf>) => [...of].filter(([path]) => !NAMES.test(path));
    for (const [path, leaf] of sentences(english)) expect(text(leaf), path).not.toMatch(HAN);
    // Signs and numbers, such as "z = 0.5", stay what they are.
    for (const [path, leaf] of sentences(chinese))
      if (/[a-z]{3}/i.test(text(leaf))) expect(text(leaf), path).toMatch(HAN);
  });
});

it('the catalogues know one from many', () => {
  expect(en.charactersLeft(1)).toBe('One character left');
  expect(en.charactersLeft(2)).toBe('2 characters left');
});

it.each([
  [['zh-CN', 'en'], 'zh'],
  [['zh-Hant-TW'], 'zh'],
  [['fr', 'en-GB'], 'en'],
  [[null, 'ZH'], 'zh'],
  [['fr'], 'en'],
  [[], 'en'],
] as const)('for the wishes %j it speaks %s', (wishes, locale) => {
  expect(pickLocale(wishes)).toBe(locale);
});
