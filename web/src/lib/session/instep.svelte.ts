// Language and appearance are chosen on this device and kept with the account: at signing in those of the
// account apply here, and what is chosen here afterwards goes to the account. (`?lang=` in an address wins
// on its page and is not kept.)
import { untrack } from 'svelte';
import { api, type Me } from '#lib/api/client';
import { outcome } from '#lib/api/problem';
import { i18n } from '#lib/i18n/i18n.svelte';
import { theme } from '#lib/ui/theme.svelte';
import { session } from './session.svelte';

type Kept = Pick<Me['settings'], 'language' | 'theme'>;

/** For the frame of all pages; returns what stops it. */
export function stayInStep(url: URL): () => void {
  let whose: string | undefined;
  i18n.onchoose = (language) => void keep({ language });
  theme.onchoose = (choice) => void keep({ theme: choice });
  return $effect.root(() => {
    $effect(() => {
      const me = session.me;
      if (!me || whose === me.id) {
        if (me === null) whose = undefined;
        return;
      }
      whose = me.id;
      untrack(() => apply(me.settings, url));
    });
  });
}

function apply(settings: Kept, url: URL): void {
  if (settings.theme !== theme.choice) theme.choose(settings.theme);
  if (settings.language === i18n.locale || url.searchParams.has('lang')) return;
  // Without a connection the words stay as they are.
  i18n.choose(settings.language).catch(() => undefined);
}

async function keep(change: Partial<Kept>): Promise<void> {
  const me = session.me;
  const isKept =
    me && Object.entries(change).every(([key, value]) => me.settings[key as keyof Kept] === value);
  if (!me || isKept) return;
  const { data } = await outcome(api.PATCH('/api/v1/me/settings', { body: change }));
  if (data && session.me?.id === data.id) session.me = { ...session.me, settings: data.settings };
}
