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

const text = (leaf: Leaf) =>
  typeof leaf === 'string' ? leaf : leaf.length > 1 ? leaf('1' as never, '2' as never) : leaf(3 as never);

/** Leaves that need arguments of their own kind, or are names that stand in every language. */
const NOT_CALLED = new Set(['about.toy.state']);
const NAMES = /(^|\.)(brand|language|switchLanguage)$/;
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
    for (const [path, leaf] of [...english, ...chinese])
      if (!NOT_CALLED.has(path)) expect(text(leaf).trim(), path).not.toBe('');
  });

  it('are Chinese in Chinese and not in English, but for names', () => {
    const sentences = (of: Map<string, Leaf>) =>
      [...of].filter(([path]) => !NOT_CALLED.has(path) && !NAMES.test(path));
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
