// The catalogues are complete and speak their own language.
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { pickLocale } from './i18n.svelte';
import { zh } from './zh';

type Leaf = string | ((...args: never[]) => string);

function leaves(node: unknown, path = ''): [string, Leaf][] {
  if (typeof node === 'string' || typeof node === 'function') return [[path, node as Leaf]];
  return Object.entries(node as object).flatMap(([key, value]) =>
    leaves(value, path ? `${path}.${key}` : key),
  );
}

const english = new Map(leaves(en));
const chinese = new Map(leaves(zh));
const text = (leaf: Leaf) =>
  typeof leaf === 'string' ? leaf : leaf.length > 1 ? leaf('1' as never, '2' as never) : leaf(3 as never);
const callable = (path: string) => path !== 'about.toy.state';

describe('the catalogues', () => {
  it('have the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it.each([...english.keys()])('%s takes the same in both languages', (path) => {
    const [a, b] = [english.get(path)!, chinese.get(path)!];
    expect(typeof b).toBe(typeof a);
    if (typeof a === 'function') expect((b as typeof a).length).toBe(a.length);
  });

  it('leave nothing empty', () => {
    for (const [path, leaf] of [...english, ...chinese])
      if (callable(path)) expect(text(leaf).trim(), path).not.toBe('');
  });

  it('hold Chinese in the Chinese one and none in the English one, but for the names of languages', () => {
    const names = ['brand', 'language', 'nav.switchLanguage'];
    for (const [path, leaf] of english) {
      if (!names.includes(path) && callable(path)) expect(text(leaf), path).not.toMatch(/[\u4e00-\u9fff]/);
    }
    for (const [path, leaf] of chinese) {
      if (!names.includes(path) && callable(path)) expect(text(leaf), path).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it('know one from many', () => {
    expect(en.classify.unsent(1)).toBe('One answer waits to be sent');
    expect(en.classify.unsent(2)).toBe('2 answers wait to be sent');
  });
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
