// The words of the page for letters to us, in Chinese.
import type { en } from './en';

export const zh: typeof en = {
  title: '写信给我们',
  lead: '有什么不能用、看不懂，或者可以做得更好？请告诉负责这个项目的人。',
  text: '您的话',
  hint: '如果希望得到答复，请写明怎样联系您。只有项目负责人会读到。',
  hintSignedIn: '项目负责人会同时看到您的名字，其他人不会读到。',
  missing: '请写点什么。',
  send: '发送',
  sent: '谢谢，我们已经收到。',
  another: '再写一条',
  image: '想谈某一张图像？看图时用“告诉我们”，会把那张图一起带上。',
  kept: '您写的内容还在这里。',
};
