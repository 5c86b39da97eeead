// The steps of the tutorial in their order, over all tabs: seven, one idea each.

export const STEPS = [
  '/tutorial/what',
  '/tutorial/what?step=2',
  '/tutorial/what?step=3',
  '/tutorial/what?step=4',
  '/tutorial/why',
  '/tutorial/how',
  '/tutorial/known',
] as const;

/** The step of an address, from 0; what is no step is the first of its tab. */
export function stepOf(url: URL): number {
  const exact = STEPS.findIndex((step) => {
    const there = new URL(step, url);
    return there.pathname === url.pathname && there.searchParams.get('step') === url.searchParams.get('step');
  });
  if (exact >= 0) return exact;
  return Math.max(
    0,
    STEPS.findIndex((step) => new URL(step, url).pathname === url.pathname),
  );
}
