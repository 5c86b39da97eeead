// The words of the page about us, in English; the shape of the other language.

export const en = {
  title: 'How it works, and who does it',
  lead: 'What becomes of your answer, what the computer does with it, who gets the credit, and what is stored.',
  lens: 'What a lens looks like, and how to recognise one, is in the',
  tutorial: 'tutorial',
  lensEnd: '.',
  lists: [
    {
      id: 'vote',
      title: 'What happens to your answer',
      lines: [
        'It is saved at once, in your browser first and then on the server, so that a lost connection costs nothing.',
        'It is combined with the answers of others to the same image. Answers of people who do well on training images weigh more, in both directions.',
        'When the combined answer is clear, the image is finished. If it stays open, more people are asked.',
        'At first every training image is explained right after your answer. Later some of them are not, so that we also learn how people answer when nobody tells them anything.',
        'You can take back your last answer, as long as its solution has not been shown.',
      ],
    },
    {
      id: 'network',
      title: 'What the computer does',
      lines: [
        'A neural network looks at every image and gives a probability that it shows a lens.',
        'It asks people mostly about images from which it can learn. A few are picked at random, to measure what it misses.',
        'It is trained again with the combined answers. A new network has to prove on sky it has never seen that it is better; otherwise the old one stays.',
        'Its opinion is never shown before your answer, and training images look like all others until then.',
      ],
    },
    {
      id: 'credit',
      title: 'Who gets the credit',
      lines: [
        'A discovery is announced with the names of those who found it, as far as they agree.',
        'The ranking is voluntary and shows what answers were worth, not how many there were.',
        'Your own page keeps every answer, what became of it, and a certificate.',
        'A lens found here is a candidate. Astronomers have to confirm it.',
      ],
    },
    {
      id: 'data',
      title: 'What is stored about you',
      lines: [
        'Your e-mail address, to sign in; the name that you choose; and a scrambled form of your password from which it cannot be read.',
        'Your answers, when you gave them, how long you looked, and how the image was shown. They are kept for good, because every result has to be traceable.',
        'You can take all of it with you, and delete your account: name and address go, the answers stay without you.',
        'No tracking, no advertising, nothing from other sites.',
      ],
    },
    {
      id: 'licence',
      title: 'Licence',
      lines: [
        'The software is free: MIT or Apache 2.0, whichever you like.',
        'The images belong to the surveys they come from; each project names them and their terms.',
      ],
    },
  ],
  team: 'The team',
  noTeam: 'Whoever runs this server has not introduced themselves yet.',
  write: 'Write to us',
  start: 'Start looking',
};
