// The words of the progress page, in English; the shape of the other language.
import { s } from '../../i18n/plural';
import type { Count } from '../told';

export const en = {
  title: 'Progress',
  lead: 'These numbers come from the server as they change.',
  live: 'Live',
  paused: 'Paused',
  polling: 'Every few seconds',
  offline: 'No connection; the last known numbers',
  pause: 'Pause',
  resume: 'Go on',
  updated: (seconds: number) =>
    seconds < 2
      ? 'updated just now'
      : seconds < 120
        ? `updated ${seconds} s ago`
        : `updated ${Math.round(seconds / 60)} min ago`,
  roundNow: (round: string, step: string) => `Round ${round}: ${step}`,
  steps: {
    freeze: 'the answers so far are being fixed',
    aggregate: 'answers are being combined',
    train: 'the network is learning',
    evaluate: 'the new network is being tested',
    gate: 'old and new network are being compared',
    promote: 'the better network is taking over',
    score: 'the network is looking at all images',
    select: 'the next images for people are being chosen',
    collect: 'people are looking',
    done: 'finished',
  } as Record<string, string>,
  thisRound: 'This round',
  queue: (done: string, all: string) => `${done} of ${all} images of this round are finished`,
  outcomes: {
    title: 'What became of the images',
    none: 'Nobody has been asked about an image yet.',
    open: { name: 'Open', text: 'More answers are wanted.' },
    lens: { name: 'Agreed: a lens', text: 'The answers say so clearly. These are candidates.' },
    no_lens: { name: 'Agreed: no lens', text: 'The answers say so clearly. These rest.' },
    contested: {
      name: 'Contested',
      text: 'Many answers, and they disagree. These are looked at more closely.',
    },
    perSettled: (votes: string) => `It took ${votes} answers on average until an image was agreed on.`,
    retested: (n: number) =>
      s(
        n,
        'One image that was agreed on has been shown again, to measure how often the agreement is wrong.',
        `${n} images that were agreed on have been shown again, to measure how often the agreement is wrong.`,
      ),
    late: 'The numbers about images change a few answers late, so that nobody can tell from them what others said about one image.',
  },
  search: {
    title: 'How complete is the search?',
    signIn: 'Sign in to see how complete the search is.',
    none: 'That cannot be said yet. Once enough images drawn by lot have been looked at, you can read here how many of the lenses are found and how many are left.',
    /** Two sentences of one paragraph. */
    both: (first: string, second: string) => `${first} ${second}`,
    percent: (n: string) => `${n}\u00a0%`,
    range: (low: string, high: string) => ` (${low}\u00a0to\u00a0${high})`,
    found: ({ n, text }: Count) =>
      n === 0 ? 'No lens found yet' : s(n, 'One lens found', `${text} lenses found`),
    inSurvey: (found: string, { n, text }: Count, range: string) =>
      `${found}; ${n === 0 ? 'perhaps there is none' : `about ${text}`} in the survey${range}.`,
    inAll: ({ n, text }: Count, range: string) =>
      n === 0
        ? `Perhaps there is no lens in the survey${range}.`
        : s(
            n,
            `There is about one lens in the survey${range}.`,
            `There are about ${text} lenses in the survey${range}.`,
          ),
    only: (found: string, isAll: boolean) =>
      isAll ? `${found}. How many there are in all cannot be said yet.` : `${found}.`,
    share: (percent: string, ends: [string, string] | null, isSo: boolean) =>
      `${isSo ? 'So about' : 'About'} ${percent}\u00a0% are found${ends ? `, somewhere between ${ends[0]} and ${ends[1]}\u00a0%` : ''}.`,
    noShare: 'What share of them that is cannot be said yet.',
    rough: (low: string, high: string) =>
      `Which share is found is hardly known yet: anything from ${low} to ${high}\u00a0% fits. Every image drawn by lot makes it clearer.`,
    left: ({ n, text }: Count, range: string) =>
      n === 0
        ? `Perhaps no lens is left to find${range}.`
        : s(n, `About one lens is left to find${range}.`, `About ${text} lenses are left to find${range}.`),
    answers: ({ n, text }: Count, range: string, aim: string) =>
      `It takes about ${s(n, 'one more answer', `${text} more answers`)} to reach ${aim}\u00a0%${range}.`,
    noAnswers: (aim: string) => `How many more answers it takes to reach ${aim}\u00a0% cannot be said yet.`,
    reached: (aim: string, isSure: boolean) =>
      isSure
        ? `The aim of ${aim}\u00a0% is reached.`
        : `The aim of ${aim}\u00a0% may be reached already; that is not certain yet.`,
    lot: ({ n, text }: Count) =>
      n === 0
        ? 'Such numbers come from images drawn by lot; none has been looked at yet.'
        : s(
            n,
            'These numbers come from one image drawn by lot, whatever the network thinks of it.',
            `These numbers come from ${text} images drawn by lot, whatever the network thinks of them.`,
          ),
    age: ({ n, text }: Count, now: string | null) =>
      `This is how it stood after ${s(n, 'one answer', `${text} answers`)}${now ? `; there are ${now} by now` : ''}.`,
    bar: (estimate: string, low: string, high: string, aim: string | null) =>
      `About ${estimate} of the lenses are found; 95\u00a0% interval ${low} to ${high}${aim ? `; the aim is ${aim}` : ''}.`,
    aim: (percent: string) => `aim: ${percent}`,
    legend:
      'Bar: the share that is found, by estimate. Line below it: the 95\u00a0% interval, in which the true share very likely lies.',
  },
  liveOrder: {
    still: 'The order of images follows the answers as they come; in this round it has not changed yet.',
    /** `round` only if it is not this one. */
    followed: ({ n, text }: Count, round: string | null, seconds: string | null, moved: string) =>
      `The order of images followed the answers ${s(n, 'once', `${text} times`)} in ${round ? `round ${round}` : 'this round'}${seconds ? `, usually in about ${seconds}\u00a0s` : ''}${moved}.`,
    moved: (added: Count, returned: Count) =>
      `; ${added.n === 0 ? 'no image' : s(added.n, 'one image', `${added.text} images`)} joined, ${returned.n === 0 ? 'none' : s(returned.n, 'one', returned.text)} came back`,
  },
  rounds: 'Round by round',
  roundsCaption: 'What each round used and brought',
  noRounds: 'No round is finished yet. The first results appear here when one is.',
  signInForRounds: 'Sign in to see the results of each round.',
  columns: {
    round: 'Round',
    state: 'State',
    votes: 'Answers',
    votes_total: 'Answers so far',
    images_looked_at: 'Images looked at',
    lenses_found: 'Lenses found',
    lenses_in_pool: 'Lenses hidden',
    completeness: 'Completeness',
    candidates: 'Candidates',
    purity: 'Purity',
    average_precision: 'Average precision',
    auroc: 'AUROC',
    tpr_at_fpr_1e2: 'Found at 1 % false alarms',
    tpr_at_fpr_1e3: 'Found at 0.1 % false alarms',
    gate: 'New network took over',
    promoted: 'New network took over',
    audit: 'Lenses by random check',
    model: 'Network',
  } as Record<string, string>,
  intervals: 'In brackets: 95 % interval.',
  states: { pending: 'waiting', running: 'running', done: 'finished', failed: 'failed' },
  yes: 'yes',
  no: 'no',
  project: 'Project',
  looked: (seen: string, all: string) => `${seen} of ${all} images looked at by people`,
  noProject: 'No project is running on this server at the moment.',
  numbers: {
    images: 'images',
    imagesLookedAt: 'images looked at',
    votes: 'answers',
    volunteers: 'people',
    candidates: 'lens candidates',
    round: 'round',
    queueOpen: 'images waiting in this round',
    queueDone: 'images finished in this round',
    model: 'network in use',
    noModel: 'none yet',
  },
};

export type Words = typeof en;
