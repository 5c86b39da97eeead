// English words of the page that explains how pictures are placed.

/** One step; some have a figure, a file of `static/platesolve/`. */
export interface Section {
  title: string;
  text: string[];
  figure?: string;
  alt?: string;
  caption?: string;
}

export const en = {
  title: 'How a picture finds its place',
  lead: 'From a handful of dots to a place on the sky, without being told anything. This is called plate solving.',
  back: 'Place a picture',
  figure: (n: number) => `Figure ${n}`,
  drawn: 'All figures are drawn by our own program from real stars.',
  sections: [
    {
      title: 'The problem',
      text: [
        'A picture of the sky is a set of dots. It does not say where it was taken, how large it is on the sky, or which way is north. It may even be mirrored.',
        'A star catalogue lists millions of stars with their positions. Somewhere in it lies the same pattern of dots. But comparing the picture with every place, every size and every rotation would take for ever.',
        'The way out: describe small groups of stars in a manner that stays the same however the picture is moved, turned or scaled. Then finding a group is looking up a word in a dictionary. The idea is from Lang, Hogg and others (2010), who made astrometry.net.',
      ],
    },
    {
      figure: 'grid',
      title: '1. A grid over the sky',
      text: [
        'First the sky is cut into cells of the same area. The grid is called HEALPix. The cells are chosen as large as the star patterns we want to find.',
        'The grid makes sure that every part of the sky gets its share of patterns: also where there are few stars, far from the Milky Way.',
      ],
      alt: 'A field of stars, cut by the lines of a grid into cells of equal area.',
      caption: 'A real field of stars with the grid. Larger dots are brighter stars.',
    },
    {
      figure: 'brightest',
      title: '2. The brightest stars of each cell',
      text: [
        'In each cell only the ten brightest stars are kept. A picture, too, shows the bright stars first. So both sides talk about the same stars.',
      ],
      alt: 'The same field; in every cell the ten brightest stars are marked, the others are faint.',
      caption: 'Kept stars are marked. The faint rest is left out of the index.',
    },
    {
      figure: 'quads',
      title: '3. Groups of four: quads',
      text: [
        'Now groups of four stars are formed, called quads. Two stars, A and B, are the farthest apart. The other two, C and D, must lie inside the circle that has AB as its diameter.',
        'Each cell gets a number of quads, made of its brightest stars first. No star may take part in too many, so that one wrong star does little harm.',
      ],
      alt: 'Quads drawn into the field: four stars each, joined by lines, with the circle whose diameter is A to B.',
      caption: 'Some quads of the field, each with its circle.',
    },
    {
      figure: 'code',
      title: '4. A code that does not change',
      text: [
        'A and B define a little coordinate system of their own: A is at (0, 0), B at (1, 1). In it C and D have the coordinates (x, y) of two points: four numbers. These four numbers are the code of the quad.',
        'Move the picture, turn it, make it larger: A, B, C and D all change together, and the four numbers stay the same. That is the whole trick.',
        'Two rules remove the last freedom. Which star is called A and which B is settled so that the mean of the x of C and D is at most one half; C is the one with the smaller x.',
      ],
      alt: 'One quad in its own coordinate system: A at zero, zero, B at one, one, C and D inside the circle, with dashed lines to their coordinates.',
      caption: 'The code of this quad is (xC, yC, xD, yD).',
    },
    {
      figure: 'codes',
      title: '5. The index: a dictionary of codes',
      text: [
        'The codes of all quads of the sky go into a file, the index. They are sorted as a tree: each branching asks “is this number smaller than that?”, so that a code is found among millions with about twenty questions.',
        'There are several indexes, for small and for large quads, because nobody knows the size of the picture beforehand.',
      ],
      alt: 'A cloud of points: the codes of many quads, two of their four numbers as coordinates.',
      caption: 'The codes of many quads, as points. Where the points are near, quads look alike.',
    },
    {
      figure: 'match',
      title: '6. The search',
      text: [
        'In your picture we find the points of light and form quads of the brightest. Each has a code. We look it up: quads of the sky with nearly the same code are candidates.',
        'Each candidate is a claim: “these four dots are those four stars”. From it follows where the picture lies, how large a pixel is, and how it is turned.',
      ],
      alt: 'A picture with one quad on the left and the same quad among catalogued stars on the right.',
      caption: 'A quad of the picture and the quad of the sky with the same code.',
    },
    {
      figure: 'verify',
      title: '7. The test',
      text: [
        'Many quads have similar codes by chance. So each claim is tested: if it were right, other catalogued stars should be in the picture too, at exactly these places. We look whether there is light.',
        'Every star that is there makes the claim more likely, every one that is missing less. We multiply, and compare with how well pure chance would do. Accepted is a place only if the odds are more than a billion to one, and better still if many places had to be tried.',
        'That is why a failure is honest: we would rather say “I do not know” than name a wrong place.',
      ],
      alt: 'The picture with circles where the catalogue expects stars; most circles hold a point of light.',
      caption: 'Circles: where stars should be. Dots: light in the picture.',
    },
    {
      title: '8. The last polish',
      text: [
        'With the recognised stars the position is fitted to a fraction of a pixel, and the bending by the lens of the camera is measured along with it. Then we know for every pixel where it is on the sky, and which galaxy clusters lie in the picture.',
      ],
    },
    {
      title: 'What it cannot do',
      text: [
        'It needs enough stars that are in the catalogue. Tycho-2 has about sixty in a square degree: enough for pictures about a degree wide or more. For smaller fields a deeper catalogue is needed.',
        'The cutouts that you classify here, some ten arcseconds wide, hold one or two stars or none. They cannot be placed blindly; we know their place because we cut them out ourselves.',
      ],
    },
  ] as Section[],
};
