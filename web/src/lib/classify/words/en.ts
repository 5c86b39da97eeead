// Classify in English, and the shape of the other languages.
import type { MessageKey } from '#lib/api/codes';
import { s } from '../../i18n/plural';
import type { Entry } from '../guide';

/** What a training image is, why it is that, and where the field guide says more. */
export interface KindWords {
  what: string;
  why: string;
  guide?: Entry;
}

const around =
  'The arcs bend around the galaxies in the middle and are often bluer than they are; their ends thin out.';
const ordinary = 'Nothing bends around the centre: the galaxies are round or straight, and point anywhere.';

export const en = {
  title: 'Do you see a lens?',
  pageTitle: 'Classify',
  hints: {
    no_lens: 'Nothing bent or repeated',
    unsure: 'Something, but I cannot decide',
    lens: 'Arcs, a ring, repeated images',
  },
  unsureMeans: 'Unsure: you see something but cannot decide.',
  undo: 'Undo',
  undone: 'Answer taken back. Here is the image again.',
  guide: 'Field guide',
  view: 'View',
  keys: 'Keys',
  tell: 'Tell us',
  loadingImage: 'Fetching an image …',
  slow: {
    text: 'The connection is slow. Smaller images come faster and show a little less.',
    use: 'Use smaller images',
  },
  imageFailed: {
    title: 'This image does not come',
    text: 'It could not be loaded. It stays reserved for you; nothing is lost.',
  },
  today: (n: string) => `${n} today`,
  sitting: (n: string) => `${n} in this sitting`,
  saved: 'All answers saved',
  unsent: (n: number) => s(n, 'One answer waits to be sent', `${n} answers wait to be sent`),
  unsentStuck: (n: number) =>
    s(
      n,
      'No connection. One answer is kept here and sent later.',
      `No connection. ${n} answers are kept here and sent later.`,
    ),
  lease: {
    text: 'Still looking? This image is reserved for you only a little longer.',
    left: (minutes: number, seconds: number) =>
      minutes > 0 ? `${minutes} min ${seconds} s left` : `${seconds} s left`,
    keep: 'Keep this image',
    over: 'The reservation had ended, so here is a fresh image.',
  },
  notices: {
    image_failed: 'One image could not be loaded and was left out.',
    undo_refused: 'This answer could not be taken back: its solution had been shown already.',
    dismiss: 'Dismiss',
  },
  feedback: {
    label: 'Solution',
    heading: 'That was a training image',
    yourAnswer: (answer: string) => `You said: ${answer}.`,
    messages: {
      lens_found: 'Well seen: there is a lens.',
      lens_unsure: 'There is a lens. You saw something; trust it.',
      lens_missed: 'There is a lens. This one is easy to miss.',
      no_lens_right: 'Right: there is no lens.',
      no_lens_unsure: 'There is no lens, though it may look like one.',
      no_lens_mistaken: 'There is no lens, though it may look like one.',
    } satisfies Record<MessageKey, string>,
    kind: (kind: string) => `What it is: ${kind}.`,
    outlined: 'The place is outlined in the image.',
    kinds: {
      'simulated lens': { what: 'a simulated lens', why: around, guide: 'arc' },
      'simulated plain cluster': { what: 'a simulated cluster without a lens', why: ordinary },
      'simulated cluster without a lens': { what: 'a simulated cluster without a lens', why: ordinary },
      'reviewed false positive': {
        what: 'an image the network took for a lens, and experts did not',
        why: 'What curves here curves around its own core, not around the galaxies in the middle.',
        guide: 'spiral',
      },
      'confirmed lens': { what: 'a real lens, confirmed by astronomers', why: around, guide: 'arc' },
      'confirmed non-lens': { what: 'a real field, checked by astronomers', why: ordinary },
      lens: { what: 'a lens', why: around, guide: 'arc' },
      'no lens': { what: 'an ordinary field of galaxies', why: ordinary },
      plain: { what: 'a simulated cluster without a lens', why: ordinary },
      spiral: {
        what: 'a simulated spiral galaxy',
        why: 'Its arms wind out of its own bright centre; an arc has no centre of its own.',
        guide: 'spiral',
      },
      ring: {
        what: 'a simulated ring galaxy',
        why: 'Ring and core belong together, and no heavy galaxies sit in the middle to bend light.',
        guide: 'ringGalaxy',
      },
      edge_on_pair: {
        what: 'simulated galaxies seen from the side',
        why: 'They are straight and brightest in their middle; an arc is curved and even along its length.',
        guide: 'edge',
      },
      merger: {
        what: 'simulated galaxies that collide',
        why: 'The tails grow out of the two galaxies and fade away from them; an arc stands apart.',
        guide: 'merger',
      },
      star_spike: {
        what: 'a simulated bright star',
        why: 'Spikes and halos are made in the telescope: they cross in the star and are straight or round.',
        guide: 'star',
      },
      satellite_trail: {
        what: 'a simulated trail of a satellite',
        why: 'It crosses the whole image, dead straight, in one colour; an arc is short and bent.',
        guide: 'trail',
      },
      control_empty: { what: 'a simulated cluster without a lens', why: ordinary },
      control_unlensed: {
        what: 'a simulated galaxy in front of a cluster',
        why: 'It is blue, but it keeps its own round shape: nothing has bent or stretched it.',
      },
    } as Record<string, KindWords>,
    look: {
      lens: around,
      no_lens: ordinary,
    },
    guide: 'See it in the field guide',
    continue: 'Continue',
  },
  empty: {
    title: 'Nothing left for you right now',
    text: 'You have seen every image that is waiting at the moment. Thank you. When the network has learned from the answers, it will ask again.',
    check: 'Check again',
    progress: 'See the progress',
    history: 'Look at your answers',
  },
  stuck: { title: 'No images at the moment' },
  gate: {
    title: 'Sign in to start looking',
    text: 'Counted answers need an account, because we weigh them by how you do on training images. It takes half a minute.',
    first: 'Practise first, without an account',
    quizTitle: 'A short quiz comes first',
    quizText:
      'Ten images with a known answer, each explained at once. Nothing is timed, and you can take it again. After it you see images that nobody knows.',
    quiz: 'Take the quiz',
    practise: 'Practise first',
  },
  noProject: 'No project is running on this server at the moment. Please come back later.',
  tellSheet: {
    title: 'Tell us something',
    about: 'About',
    current: 'this image',
    last: 'the image before',
    text: 'Your words',
    hint: 'Only the project team reads this. Your answers count the same either way.',
    send: 'Send',
    sent: 'Thank you. The team has it now.',
    missing: 'Please write something first.',
    noImage: 'There is no image to write about yet.',
  },
  keySheet: {
    title: 'Keys',
    on: 'Single-key shortcuts',
    onHint: 'When switched off, only the image listens to keys, while it has the focus.',
    answers: 'Answer',
    undo: 'Undo the last answer',
    zoom: 'Zoom in, out, show all',
    pan: 'Look around',
    presets: 'Brightness presets',
    mark: 'Mark the arc',
    full: 'Full screen',
    sheet: 'This list',
    next: 'Continue after a solution',
    mouse: 'Wheel, pinch and drag work too; double click zooms.',
  },
  signs: {
    title: 'Signs of a lens',
    arc: {
      title: 'Arc',
      text: 'A thin curved line that bends around the galaxies in the middle, usually bluer than they are.',
    },
    ring: {
      title: 'Ring',
      text: 'The source lies almost exactly behind the lens. Complete rings are rare and small.',
    },
    images: {
      title: 'Repeated images',
      text: 'The same source two or four times, in the same colour, around the centre.',
    },
    arclets: {
      title: 'Many small arcs',
      text: 'Several short arcs that all bend around the same centre, like parts of circles.',
    },
  },
  lookAlikes: {
    title: 'Often mistaken for one',
    spiral: {
      title: 'Spiral galaxy',
      text: 'Its arms are blue and curved too, but they wind out of their own centre.',
    },
    ringGalaxy: {
      title: 'Ring galaxy',
      text: 'The ring and its core belong together, and it is alone: no cluster around.',
    },
    edge: { title: 'Galaxy from the side', text: 'Thin and long, but straight, and pointing anywhere.' },
    merger: {
      title: 'Colliding galaxies',
      text: 'Their tails are pulled out of them and lead back to them.',
    },
    star: {
      title: 'Bright star',
      text: 'Spikes and halos come from the telescope; they cross in the star.',
    },
    trail: { title: 'Satellite', text: 'A straight line from edge to edge, in one colour.' },
  },
};
