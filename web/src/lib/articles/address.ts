// Where articles are.
import type { ArticleKind } from './types';

export const FOLDERS: Record<ArticleKind, '/news' | '/discoveries'> = {
  news: '/news',
  discovery: '/discoveries',
};

export const addressOf = (kind: ArticleKind, slug: string): string => `${FOLDERS[kind]}/${slug}`;
