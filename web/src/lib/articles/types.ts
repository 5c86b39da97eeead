// The shapes of articles, as the server sends them.
import type { components } from '../api/schema';

export type ArticleCard = components['schemas']['ArticleCard'];
export type ArticlePage = components['schemas']['ArticlePage'];
export type ArticleKind = components['schemas']['ArticleKind'];
export type Grade = components['schemas']['Grade'];
export type Bilingual = components['schemas']['Bilingual'];
