// The words of the progress page, in English; the shape of the other language.
import { s } from '../../i18n/plural';

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
