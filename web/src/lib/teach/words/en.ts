// Quiz and practice in English, and the shape of the other languages.
import type { Answer } from '#lib/api/client';
import { s } from '../../i18n/plural';
import type { Kind } from '../kinds';

/** What a thing is called (as after “look again at …”) and how to tell it. */
export interface KindWords {
  name: string;
  why: string;
}

export const en = {
  question: 'Is this a lens?',
  hints: {
    no_lens: 'Nothing bent or repeated',
    unsure: 'Something, but I cannot decide',
    lens: 'Arcs, a ring, repeated images',
  } satisfies Record<Answer, string>,
  image: (number: string) => `Image ${number}`,
  imageFailed: 'This image could not be loaded.',
  keysHint: 'Keys: 1, 2, 3 answer, Enter goes on.',
  solution: 'Solution',
  /** By what it is (a look-alike is no lens that deceives) and what was said. */
  verdict: {
    lens: {
      lens: 'Yes, this is a lens.',
      unsure: 'This is a lens. What you noticed was real.',
      no_lens: 'This one is a lens. Many people miss it at first.',
    },
    look_alike: {
      lens: 'Not this one. It fools many people.',
      unsure: 'There is no lens here, though it is easy to wonder.',
      no_lens: 'Right, and well told apart: there is no lens here.',
    },
    plain: {
      lens: 'There is no lens in this one.',
      unsure: 'There is no lens in this one.',
      no_lens: 'Right, there is no lens here.',
    },
  } satisfies Record<'lens' | 'look_alike' | 'plain', Record<Answer, string>>,
  simulated: 'Simulated',
  simulatedMeans: 'A computer made this image, so we know exactly what is in it.',
  outlined: 'The line in the image shows where to look.',
  kinds: {
    arc: {
      name: 'long arcs',
      why: 'The thin curved line is one distant galaxy, drawn out by the mass of the cluster. It bends around the bright galaxies in the middle, like part of a large circle.',
    },
    small_arc: {
      name: 'short arcs',
      why: 'Look for a short, thin stroke that stands across the direction to the centre, often bluer than the galaxies of the cluster. It is slightly bent, with the hollow side towards the middle.',
    },
    ring: {
      name: 'rings',
      why: 'The distant galaxy lies almost exactly behind the middle, so its light comes around on all sides. The ring may be thin and broken into pieces.',
    },
    images: {
      name: 'repeated images',
      why: 'The same distant galaxy shows up several times around the centre. The copies share one colour; that is what gives them away.',
    },
    group: {
      name: 'lenses around small groups',
      why: 'A few galaxies together bend light as well. Their arcs are smaller and lie closer in than those of a big cluster.',
    },
    lens: {
      name: 'real lenses',
      why: 'Something here bends around the galaxies in the middle: an arc, a ring, or copies of one galaxy in the same colour.',
    },
    spiral: {
      name: 'spiral galaxies',
      why: 'The blue arms wind out of a bright centre of their own. An arc has no centre of its own: it bends around other galaxies.',
    },
    ring_galaxy: {
      name: 'ring galaxies',
      why: 'The ring and the core inside it are one small galaxy. For a lens this size there would have to be a very bright galaxy in the middle.',
    },
    edge_on: {
      name: 'galaxies seen from the side',
      why: 'These galaxies are long and thin but straight, brightest in the middle and tapering off. They happen to lie the way an arc would.',
    },
    merger: {
      name: 'colliding galaxies',
      why: 'Two galaxies pull at each other. The tails grow out of them and fade away, while an arc stands by itself.',
    },
    star: {
      name: 'bright stars',
      why: 'Spikes and round ghosts are made inside the telescope. They cross in a star of our own galaxy, far in front of everything else.',
    },
    trail: {
      name: 'satellite trails',
      why: 'A satellite flew through the picture. Its trail is dead straight, runs from edge to edge and has a single colour.',
    },
    look_alike: {
      name: 'look-alikes',
      why: 'Something here is curved or long, but it belongs to a galaxy of its own and does not bend around the middle.',
    },
    plain: {
      name: 'ordinary clusters',
      why: 'A handsome cluster of galaxies, and nothing bent around it. Most images are like this one.',
    },
    no_lens: {
      name: 'ordinary fields',
      why: 'Galaxies, and nothing bent around the middle. Most images are like this one.',
    },
  } satisfies Record<Kind, KindWords>,
  next: 'Next',
  tryAgain: 'Try again',
  noProject: 'No project is running on this server at the moment. Please come back later.',
  quiz: {
    title: 'Entry quiz',
    lead: (questions: number, mark: number) =>
      `${questions} images with a known answer, each explained at once. ${mark} right answers open the real images.`,
    calm: 'Nothing is timed, and you can take it again as often as you like.',
    begin: 'Begin',
    passedBefore: (best: string, of: string) =>
      `You have passed already, with ${best} of ${of}. You may take it again for the fun of it.`,
    best: (best: string, of: string, attempts: number) =>
      `${s(attempts, 'One attempt', `${attempts} attempts`)} so far; your best is ${best} of ${of}.`,
    first: 'Look at the tutorial first',
    number: (number: string, all: string) => `Question ${number} of ${all}`,
    again: 'You can retake it; nothing is timed.',
    check: 'Check my answer',
    choose: 'Choose one of the three answers first.',
    finish: 'See the result',
    right: (n: string) => `${n} right so far`,
    score: (score: string, all: string) => `${score} of ${all}`,
    in: 'You are in',
    inText:
      'Thank you. From now on you see images that nobody has decided on. Most of them show no lens; finding that out helps as much.',
    start: 'Start looking',
    signUp: 'Create an account and start',
    signUpText:
      'You passed. Counted answers need an account, because we weigh them by how you do on training images. Your result comes along.',
    haveOne: 'I have an account',
    notYet: 'Not yet this time',
    notYetText: (mark: string) =>
      `${mark} right answers are needed. That is no judgement; eyes learn quickly.`,
    lookAgain: 'Worth another look',
    examples: 'See examples',
    retake: 'Take it again',
    practise: 'Practise first',
    none: 'This project has no quiz; you can start looking at once.',
    expired: 'This attempt began too long ago. Please begin a new one.',
    answered: 'Your answer to this question had already arrived; the next one is open.',
  },
  practice: {
    title: 'Practice',
    lead: 'As many images as you like, each explained at once. Nothing is counted or kept.',
    seen: (n: number) => s(n, 'One image', `${n} images`),
    streak: (right: string, all: string) => `${right} of ${all} right`,
    offer: 'You have got the hang of it',
    offerText:
      'With an account your answers count: you see images nobody has decided on, and find lenses that nobody knows.',
    quiz: 'Take the quiz',
    signUp: 'Create an account',
    later: 'Keep practising',
    empty: 'There are no practice images yet',
    emptyText: 'The project has to be set up again with images to practise on. The tutorial works without.',
    tutorial: 'To the tutorial',
    done: 'You have seen all practice images; they begin again from the first.',
  },
};
