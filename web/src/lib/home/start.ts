// Where "Start looking" leads: newcomers to the tutorial, everybody else to the next image.

export function startPath(me: { votes_total: number } | null | undefined): '/classify' | '/tutorial/what' {
  return me && me.votes_total > 0 ? '/classify' : '/tutorial/what';
}
