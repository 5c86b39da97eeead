// How complete the search is, in words that are no surer than the numbers.
import { describe, expect, it } from 'vitest';
import type { LiveRanking, Search } from './search';
import { rounded, tell, tellLive } from './told';
import { en } from './words/en';
import { zh } from './words/zh';

const search: Search = {
  asOf: 2000,
  audited: 120,
  found: 24,
  target: 0.95,
  lenses: { estimate: 37.2, low: 26, high: 61 },
  share: { estimate: 0.62, low: 0.39, high: 0.92 },
  left: { estimate: 13, low: 2, high: 37 },
  votes: { estimate: 4137, low: 1512, high: 8987 },
};
const empty: Search = {
  asOf: null,
  audited: null,
  found: null,
  target: null,
  lenses: null,
  share: null,
  left: null,
  votes: null,
};
const format = (n: number) => new Intl.NumberFormat('en').format(n);
const plain = (sentences: string[]) => sentences.map((one) => one.replaceAll('\u00a0', ' '));
function said(part: Partial<Search>, now: number | null = null) {
  const { found, left, source } = tell({ ...search, ...part }, now, en.search, format);
  return { found: plain(found), left: plain(left), source: plain(source) };
}
/** Everything at once, in both languages. */
const all = (one: Search) =>
  [en, zh]
    .map(({ search: words }) => tell(one, 3000, words, format))
    .map((told) => [...told.found, ...told.left, ...told.source].join(' '));

describe('in words', () => {
  it('all that is known', () => {
    expect(said({}, 2340)).toEqual({
      found: [
        '24 lenses found; about 37 in the survey (26 to 61).',
        'So about 62 % are found, somewhere between 39 and 92 %.',
      ],
      left: [
        'About 13 lenses are left to find (2 to 37).',
        'It takes about 4,100 more answers to reach 95 % (1,500 to 9,000).',
      ],
      source: [
        'These numbers come from 120 images drawn by lot, whatever the network thinks of them.',
        'This is how it stood after 2,000 answers; there are 2,340 by now.',
      ],
    });
  });

  it('all that is known, in Chinese', () => {
    const told = tell(search, 2340, zh.search, format);
    expect(plain(told.found).join('')).toBe(
      '已找到 24 个透镜；整个巡天中大约有 37 个（26 至 61 个）。也就是说，大约找到了 62%，真实比例很可能在 39% 至 92% 之间。',
    );
    expect(plain(told.left).join('')).toBe(
      '大约还有 13 个透镜没有找到（2 至 37 个）。大约再有 4,100 个回答，就能找到 95%（1,500 至 9,000 个）。',
    );
  });

  it('answers that came no later are not told', () => {
    expect(said({}, 2000).source[1]).toBe('This is how it stood after 2,000 answers.');
    expect(said({ asOf: null }, 2000).source).toHaveLength(1);
  });

  it('one of each', () => {
    const one = { estimate: 1, low: 1, high: 1 };
    const told = said({ found: 1, audited: 1, asOf: 1, lenses: one, left: one, votes: one });
    expect(told.found[0]).toBe('One lens found; about 1 in the survey.');
    expect(told.left).toEqual([
      'About one lens is left to find.',
      'It takes about one more answer to reach 95 %.',
    ]);
    expect(told.source).toEqual([
      'These numbers come from one image drawn by lot, whatever the network thinks of it.',
      'This is how it stood after one answer.',
    ]);
  });

  it('nothing found', () => {
    const none = { estimate: 0, low: 0, high: 4 };
    const told = said({ found: 0, audited: 0, lenses: none, share: null, left: none, votes: null });
    expect(told.found).toEqual([
      'No lens found yet; perhaps there is none in the survey (0 to 4).',
      'What share of them that is cannot be said yet.',
    ]);
    expect(told.left).toEqual([
      'Perhaps no lens is left to find (0 to 4).',
      'How many more answers it takes to reach 95 % cannot be said yet.',
    ]);
    expect(told.source[0]).toBe('Such numbers come from images drawn by lot; none has been looked at yet.');
  });

  it('a number found and nothing else', () => {
    const told = said({ ...empty, found: 3 });
    expect(told).toEqual({
      found: ['3 lenses found. How many there are in all cannot be said yet.'],
      left: [],
      source: [],
    });
  });

  it('a share without the numbers behind it', () => {
    expect(said({ lenses: null }).found).toEqual([
      '24 lenses found.',
      'About 62 % are found, somewhere between 39 and 92 %.',
    ]);
    expect(said({ found: null }).found[0]).toBe('There are about 37 lenses in the survey (26 to 61).');
  });

  it('of an interval nearly as wide as all only its ends', () => {
    expect(said({ share: { estimate: 1, low: 0.02, high: 1 } }).found[1]).toBe(
      'Which share is found is hardly known yet: anything from 2 to 100 % fits. Every image drawn by lot makes it clearer.',
    );
  });

  it('the aim is reached for certain, or perhaps', () => {
    const perhaps = ['The aim of 95 % may be reached already; that is not certain yet.'];
    expect(said({ left: null, share: { estimate: 0.98, low: 0.951, high: 1 } }).left).toEqual([
      'The aim of 95 % is reached.',
    ]);
    expect(said({ left: null, share: { estimate: 0.96, low: 0.8, high: 1 } }).left).toEqual(perhaps);
    expect(said({ left: null, votes: { estimate: 0, low: 0, high: 900 } }).left).toEqual(perhaps);
  });

  it('an aim that is not known is not spoken of', () => {
    expect(said({ target: null }).left).toEqual(['About 13 lenses are left to find (2 to 37).']);
    expect(tell({ ...search, target: null }, null, en.search, format).bar?.target).toBeNull();
    expect(said({ target: 0.985 }).left[1]).toContain('98.5 %');
  });

  it('no word is missing whatever is missing', () => {
    for (const key of Object.keys(search) as (keyof Search)[]) {
      for (const text of all({ ...search, [key]: null })) expect(text).not.toMatch(/null|undefined|NaN/);
    }
    expect(all(empty)).toEqual(['', '']);
  });
});

describe('the bar', () => {
  const bar = (estimate: number, low: number, high: number) =>
    tell({ ...search, share: { estimate, low, high } }, null, en.search, format).bar;

  it('has whole percent, the ends rounded outwards', () => {
    expect(bar(0.618, 0.391, 0.911)).toEqual({ estimate: 62, low: 39, high: 92, target: 95 });
    expect(bar(0.29, 0.07, 0.57)).toMatchObject({ estimate: 29, low: 7, high: 57 });
  });

  it('is neither empty nor full where that is not quite so', () => {
    expect(bar(0.9991, 0.9, 1)?.estimate).toBe(99);
    expect(bar(0.0004, 0, 0.1)?.estimate).toBe(1);
    expect(bar(0, 0, 0.1)?.estimate).toBe(0);
    expect(bar(1, 0.9, 1)?.estimate).toBe(100);
  });

  it('is not drawn without a share', () => {
    expect(tell({ ...search, share: null }, null, en.search, format).bar).toBeNull();
  });
});

describe('numbers', () => {
  it('are as round as their interval allows', () => {
    expect(rounded({ estimate: 37.2, low: 26.4, high: 60.8 })).toEqual({ estimate: 37, low: 26, high: 61 });
    expect(rounded({ estimate: 1234, low: 1106, high: 1409 })).toEqual({
      estimate: 1230,
      low: 1100,
      high: 1410,
    });
    expect(rounded({ estimate: 4137, low: 4137, high: 4137 }, 0, 2).estimate).toBe(4100);
    expect(rounded({ estimate: 0.2, low: 0, high: 0.6 })).toEqual({ estimate: 0, low: 0, high: 1 });
  });

  it('of lenses are never below those that are found', () => {
    expect(rounded({ estimate: 254, low: 254, high: 900 }, 254)).toEqual({
      estimate: 254,
      low: 254,
      high: 900,
    });
    expect(rounded({ estimate: 20, low: 15, high: 30 }, 24)).toEqual({ estimate: 24, low: 24, high: 30 });
  });
});

describe('the order of images', () => {
  const live: LiveRanking = { round: null, rerankings: 12, added: 40, returned: 2, medianSeconds: 0.41 };
  const line = (part: Partial<LiveRanking>) =>
    tellLive({ ...live, ...part }, en.liveOrder, format).replaceAll('\u00a0', ' ');

  it('in one line', () => {
    expect(line({})).toBe(
      'The order of images followed the answers 12 times in this round, usually in about 0.4 s; 40 images joined, 2 came back.',
    );
    expect(tellLive(live, zh.liveOrder, format)).toBe(
      '本轮中，图像的顺序随回答调整了 12 次，通常约需 0.4 秒；有 40 张图像加入，2 张重新回来。',
    );
  });

  it('once, one and none', () => {
    expect(line({ rerankings: 1, added: 1, returned: 1, medianSeconds: null })).toBe(
      'The order of images followed the answers once in this round; one image joined, one came back.',
    );
    expect(line({ added: 0, returned: 0 })).toContain('no image joined, none came back');
    expect(line({ rerankings: 0 })).toContain('has not changed yet');
  });

  it('of an earlier round, and with less known', () => {
    expect(line({ round: 3, added: null, medianSeconds: 0.004 })).toBe(
      'The order of images followed the answers 12 times in round 3, usually in about 0.1 s.',
    );
    expect(line({ medianSeconds: 12.3 })).toContain('about 12 s');
  });
});
