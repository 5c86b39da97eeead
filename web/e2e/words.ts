// The words of the app as the tests name them: the core and every area, in both languages.
import { en as enAbout } from '../src/lib/about/words/en';
import { zh as zhAbout } from '../src/lib/about/words/zh';
import { en as enAccount } from '../src/lib/account/words/en';
import { zh as zhAccount } from '../src/lib/account/words/zh';
import { en as enArticles } from '../src/lib/articles/words/en';
import { zh as zhArticles } from '../src/lib/articles/words/zh';
import { en as enClassify } from '../src/lib/classify/words/en';
import { zh as zhClassify } from '../src/lib/classify/words/zh';
import { en as enContact } from '../src/lib/contact/words/en';
import { zh as zhContact } from '../src/lib/contact/words/zh';
import { en as enCutout } from '../src/lib/cutout/words/en';
import { zh as zhCutout } from '../src/lib/cutout/words/zh';
import { en as enHome } from '../src/lib/home/words/en';
import { zh as zhHome } from '../src/lib/home/words/zh';
import { en as enLead } from '../src/lib/lead/words/en';
import { zh as zhLead } from '../src/lib/lead/words/zh';
import { en as enMe } from '../src/lib/me/words/en';
import { zh as zhMe } from '../src/lib/me/words/zh';
import { en as enRanking } from '../src/lib/ranking/words/en';
import { zh as zhRanking } from '../src/lib/ranking/words/zh';
import { en as enTeach } from '../src/lib/teach/words/en';
import { zh as zhTeach } from '../src/lib/teach/words/zh';
import { en as enTutorial } from '../src/lib/tutorial/words/en';
import { zh as zhTutorial } from '../src/lib/tutorial/words/zh';
import { en as enWhere } from '../src/lib/where/words/en';
import { zh as zhWhere } from '../src/lib/where/words/zh';
import { en as enCore } from '../src/lib/i18n/en';
import { problems as enProblems } from '../src/lib/i18n/problems/en';
import { problems as zhProblems } from '../src/lib/i18n/problems/zh';
import { zh as zhCore } from '../src/lib/i18n/zh';
import { en as enStatus } from '../src/lib/live/words/en';
import { zh as zhStatus } from '../src/lib/live/words/zh';

const en = {
  ...enCore,
  problems: { ...enCore.problems, ...enProblems },
  about: enAbout,
  account: enAccount,
  articles: enArticles,
  classify: enClassify,
  contact: enContact,
  cutout: enCutout,
  home: enHome,
  lead: enLead,
  me: enMe,
  ranking: enRanking,
  teach: enTeach,
  tutorial: enTutorial,
  status: enStatus,
  where: enWhere,
};
export type AllWords = typeof en;

const zh: AllWords = {
  ...zhCore,
  problems: { ...zhCore.problems, ...zhProblems },
  about: zhAbout,
  account: zhAccount,
  articles: zhArticles,
  classify: zhClassify,
  contact: zhContact,
  cutout: zhCutout,
  home: zhHome,
  lead: zhLead,
  me: zhMe,
  ranking: zhRanking,
  teach: zhTeach,
  tutorial: zhTutorial,
  status: zhStatus,
  where: zhWhere,
};

export const allWords = { en, zh };
