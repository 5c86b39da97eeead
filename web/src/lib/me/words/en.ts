// The words of one's own pages: overview, history, candidates, certificate.
import { s } from '../../i18n/plural';

export const en = {
  hello: (name: string) => `Hello, ${name}`,
  lead: 'What your answers did, and how good your eye is.',
  tabs: { label: 'Your pages', overview: 'Overview', history: 'History', candidates: 'Candidates' },
  project: 'Project',
  noProject: 'There is no project on this server yet. Please come back later.',
  signIn: {
    title: 'Sign in to see your page',
    text: 'Your answers, your candidates and your certificate belong to your account.',
    signIn: 'Sign in',
    signUp: 'Create account',
  },
  keepLooking: 'Continue looking',
  start: 'Start looking',
  tiles: {
    label: 'Your work in numbers',
    answers: 'images looked at',
    contribution: 'useful contribution',
    bits: (n: string) => `${n} bits`,
    soon: 'soon',
    candidates: 'candidates you helped',
    confirmed: 'of them confirmed by experts',
  },
  explain: {
    title: 'What do these numbers mean?',
    bits: 'One bit is what somebody who is always right says with one answer; a guess says nothing. The useful contribution adds up what your answers told about images nobody knew. It is some minutes late, and starts after 20 answers.',
    candidates:
      'A candidate is an image that many answers together call a lens. You helped with those you called a lens yourself. You see what became of an image a day after your answer, as it stood at the last midnight (UTC).',
    confirmed: 'Confirmed means that every expert who graded the candidate agrees that it is a lens.',
  },
  empty: {
    title: 'Nothing here yet',
    text: 'After your first image this page shows what your answers did. Nobody is timed or ranked for speed.',
  },
  weeks: {
    title: 'Your answers week by week',
    axis: 'answers per week',
    from: (date: string) => `Week from ${date}`,
    week: 'Week from',
    answers: 'Answers',
    bar: (date: string, n: string) => `Week from ${date}: ${n} answers`,
    summary: (weeks: number, total: string) =>
      s(weeks, `${total} answers in one week`, `${total} answers in the last ${weeks} weeks`),
    table: 'As a table',
    csv: 'Download as CSV',
    none: 'No answer in the last half year. Welcome back!',
  },
  eye: {
    title: 'Your eye',
    find: (n: string, of: string, low: string, high: string) =>
      `You find ${n} in ${of} known lenses (${low} to ${high}).`,
    pass: (n: string, of: string, low: string, high: string) =>
      `You recognise ${n} in ${of} images without a lens (${low} to ${high}).`,
    tooFew: (kind: 'lenses' | 'non_lenses', decided: number, least: number) =>
      kind === 'lenses'
        ? `Lenses: too few to say. ${decided} of ${least} known lenses so far.`
        : `Images without a lens: too few to say. ${decided} of ${least} so far.`,
    counts: 'What it is reckoned from',
    columns: { kind: 'Training image', right: 'Right', wrong: 'Not right', unsure: 'Unsure' },
    lenses: 'Lenses',
    nonLenses: 'No lens',
    how: 'From the training images whose solution you were shown, the last 1,000 at most; nearly all of their lenses are simulated. “Unsure” counts neither way. In brackets: the 95 % Wilson interval, where your true share very probably lies.',
    compare: 'Faint arcs are hard for everybody: experts miss some too.',
  },
  worth: {
    title: 'What your answer weighs',
    equal: 'In this project everybody’s answer weighs the same.',
    none: 'Everybody starts with the weight of a newcomer. It changes with the training images you answer.',
    times: (times: string) => `One answer of yours tells about ${times} times as much as one of a newcomer.`,
    same: 'One answer of yours tells about as much as one of a newcomer.',
    less: (share: string) =>
      `One answer of yours tells about ${share} of what one of a newcomer tells. Practice helps.`,
    bits: (now: string, newcomer: string) =>
      `In bits, from 0 (a guess) to 1 (never wrong): ${now}; a newcomer’s ${newcomer}.`,
    grows:
      'It grows when you are right about training images, of both kinds: always the same answer tells nothing. Speed and number do not matter.',
    chart: 'How the weight of your answer grew',
    axisX: 'training images explained to you',
    axisY: 'bits per answer',
    told: 'Training images',
    bitsColumn: 'Bits',
    newcomer: 'newcomer',
    estimate:
      'An estimate from explained training images only. The project also uses those it does not explain, so the real weight may differ a little.',
  },
  certificate: {
    title: 'Certificate',
    text: 'One page with your public name, how many images you looked at, and a code by which anybody can check it.',
    english: 'In English (PDF)',
    chinese: 'In Chinese (PDF)',
    verify: 'Your e-mail address has to be verified first.',
    settings: 'To the settings',
    empty: 'You get one after your first answer.',
    check: 'Check a certificate',
    preparing: 'Preparing the certificate …',
    done: 'The certificate is saved with your downloads.',
  },
  history: {
    title: 'History',
    lead: 'Every answer you gave, the newest first.',
    filters: {
      label: 'Show',
      all: 'All',
      lens: 'Lens',
      unsure: 'Unsure',
      no_lens: 'No lens',
      training: 'Training',
      candidate: 'Became a candidate',
    },
    list: 'Your answers',
    open: (number: string) => `Open image ${number}`,
    number: (number: string) => `No. ${number}`,
    takenBack: 'Taken back',
    marked: 'Arc marked',
    you: (answer: string) => `You said: ${answer}`,
    training: 'Training image',
    told: {
      lens: { right: 'It was a lens, and you saw it.', wrong: 'It was a lens.', unsure: 'It was a lens.' },
      no_lens: {
        right: 'There was no lens, as you said.',
        wrong: 'There was no lens.',
        unsure: 'There was no lens.',
      },
      withdrawn: 'It was withdrawn from training since.',
    },
    since: {
      label: 'What happened since',
      quiet: 'Nothing decided, or no lens',
      candidate: 'Became a candidate',
      candidateOn: (date: string) => `Became a candidate on ${date}`,
      contested: 'People disagree; experts are asked',
    },
    note: 'You wrote:',
    noImage: 'not shown any more',
    newer: 'Newer',
    older: 'Older',
    first: 'To the newest',
    empty: {
      all: { title: 'No answers yet', text: 'Look at your first image; it will be here at once.' },
      other: { title: 'Nothing of this kind', text: 'None of your answers fits this choice.' },
      candidate: {
        title: 'No candidate yet',
        text: 'Lenses are rare: perhaps one image in a thousand. What became of an image is told a day after your answer.',
      },
      showAll: 'Show all answers',
    },
    why: {
      title: 'Why does it not say more?',
      text: [
        'Most images turn out to show no lens, and that is as useful to know. We do not say of each when it was settled, for one reason: among the images are some known ones that are never explained, to measure how well everybody together sees. If all others were marked as settled one day, these would stand out and would measure nothing any more.',
        'What is told lags a day and changes at midnight (UTC), so that no answer can be changed to follow the others.',
      ],
    },
  },
  one: {
    title: (number: string) => `Image ${number}`,
    back: 'Back to the history',
    when: 'Answered',
    answer: 'Your answer',
    seconds: (n: string) => `after ${n} s`,
    mark: 'Your mark is the ring in the image.',
    outlined: 'The place is outlined in the image.',
    what: (kind: string) => `What it is: ${kind}.`,
    notFound: 'There is no such answer of yours.',
    noImage: 'The image is not shown any more.',
  },
  candidates: {
    title: 'Candidates you helped',
    lead: 'Images you called a lens that many answers together now call one too.',
    on: (date: string) => `candidate since ${date}`,
    empty: {
      title: 'None yet',
      text: 'Lenses are rare, and a candidate needs several people who see it. It appears here a day after your answer at the earliest.',
    },
    credit:
      'If a candidate is published, the project names those who helped and agreed to it. A candidate may still turn out to be something else; it then leaves this list.',
  },
  check: {
    title: 'Check a certificate',
    lead: 'Type the code from the paper. You see what is printed on it, and nothing else.',
    code: 'Code',
    hint: 'Twelve letters and digits, such as 7K2M-0QXV-94TD. Hyphens do not matter.',
    button: 'Check',
    real: 'This certificate is real.',
    name: 'Name',
    images: 'Images looked at',
    issued: 'Issued on',
    unknown:
      'No certificate has this code. Compare it with the paper, sign by sign. Whoever deletes their account takes their certificates along.',
  },
};
