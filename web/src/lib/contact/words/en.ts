// The words of the page for letters to us, in English; the shape of the other language.

export const en = {
  title: 'Write to us',
  lead: 'Something does not work, is unclear, or could be better? Tell the people who run this project.',
  text: 'Your words',
  hint: 'If you want an answer, say how to reach you. Nobody but the project leads reads this.',
  hintSignedIn: 'The project leads see your name with it; nobody else reads this.',
  missing: 'Please write something.',
  send: 'Send',
  sent: 'Thank you. Your words have arrived.',
  another: 'Write more',
  image:
    'About one image? While you look at it, “Tell us something” on the page for classifying sends the image along.',
  kept: 'Your text is still here.',
};
