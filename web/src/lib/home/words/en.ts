// The words of the home page, in English; the shape of the other language.

export const en = {
  title: 'Find galaxies that bend light',
  lead: 'Clusters of galaxies are so heavy that they bend the light behind them into arcs and rings. A network has looked at every image here; it asks people about those it cannot decide.',
  start: 'Start looking',
  resume: 'Continue looking',
  learn: 'Two minutes to learn',
  easy: 'You need good eyes, not astronomy.',
  pictureLens:
    'A drawing: light of a distant blue galaxy, bent into arcs around a cluster of golden galaxies.',
  pictureNoLens:
    'A drawing: the same sky without the bending; the distant blue galaxy is a small spot behind the cluster.',
  drawn: 'A computed drawing, not a photograph.',
  lensOn: 'Light bent by the cluster',
  numbers: 'So far',
  allNumbers: 'All numbers',
  noNumbers: 'The numbers are not available at the moment.',
  noProject: 'No project is running on this server at the moment.',
  looked: (seen: string, all: string) => `${seen} of ${all} images looked at by people`,
  votes: 'answers',
  people: 'people',
  candidates: 'lens candidates',
  round: 'round',
  discoveries: 'Discoveries',
  allDiscoveries: 'All discoveries',
  noDiscoveries: 'Nothing has been announced yet. It could begin with one of your answers.',
  news: 'News',
  allNews: 'All news',
  noNews: 'No news yet.',
  notNow: 'This part cannot be shown at the moment.',
  ranking: 'This week’s helpers',
  wholeRanking: 'The whole ranking',
  team: 'The team',
  noTeam: 'Whoever runs this server has not introduced themselves yet.',
  steps: [
    {
      title: 'You look',
      text: 'One image at a time, three answers: no lens, unsure, lens. Nobody counts seconds.',
    },
    {
      title: 'Your answers are weighed',
      text: 'Training images with a known solution show how much each answer says.',
    },
    {
      title: 'The network learns',
      text: 'It is trained again with the answers, and replaced only by a better one.',
    },
  ],
  howItWorks: 'How it works',
};
