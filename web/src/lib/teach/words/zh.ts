// Quiz and practice in simplified Chinese.
import type { en } from './en';

export const zh: typeof en = {
  question: '这是引力透镜吗？',
  hints: {
    no_lens: '没看到弯曲或重复的像',
    unsure: '看到了什么，但无法判断',
    lens: '看到弧、环或多重像',
  },
  image: (number) => `第 ${number} 张图像`,
  imageFailed: '这张图像无法加载。',
  keysHint: '按键：1、2、3 作答，回车键继续。',
  solution: '答案',
  verdict: {
    lens: {
      lens: '没错，这是透镜。',
      unsure: '这是透镜。您注意到的东西是真的。',
      no_lens: '这张其实有透镜，很多人一开始也会漏掉。',
    },
    look_alike: {
      lens: '这张不是，它骗过了不少人。',
      unsure: '这里没有透镜，不过确实容易让人犹豫。',
      no_lens: '没错，您没有被它骗过：这里没有透镜。',
    },
    plain: {
      lens: '这张里没有透镜。',
      unsure: '这张里没有透镜。',
      no_lens: '没错，这里没有透镜。',
    },
  },
  simulated: '模拟图像',
  simulatedMeans: '这张图由计算机生成，所以我们确切知道里面有什么。',
  outlined: '图中的线标出了该看的地方。',
  kinds: {
    arc: {
      name: '长弧',
      why: '这条细弯线其实是一个遥远的星系，被星系团的质量拉长了。它绕着中间的亮星系弯曲，像一个大圆的一段。',
    },
    small_arc: {
      name: '短弧',
      why: '请找一小段细线：它与指向中心的方向垂直，略微弯曲，凹的一面朝里，颜色常比星系团里的星系更蓝。',
    },
    ring: {
      name: '环',
      why: '远处的星系几乎正好在中心背后，它的光从四面八方绕过来，形成一个环。环可能很细，也可能断成几段。',
    },
    images: {
      name: '多重像',
      why: '同一个遥远的星系在中心周围出现了好几次。这些像颜色相同，正是这一点露出了马脚。',
    },
    group: {
      name: '小星系群的透镜',
      why: '几个星系聚在一起也能弯曲光线，只是弧比大星系团的更小，离中心更近。',
    },
    lens: {
      name: '真实的透镜',
      why: '这里有东西绕着中间的星系弯曲：一道弧、一个环，或者颜色相同的几个像。',
    },
    spiral: {
      name: '旋涡星系',
      why: '蓝色的旋臂从它自己的明亮核心旋出。弧没有自己的核心，它是绕着别的星系弯的。',
    },
    ring_galaxy: {
      name: '环状星系',
      why: '环和里面的核心同属一个小星系。如果是这么大的透镜环，中间应该有一个非常亮的星系。',
    },
    edge_on: {
      name: '侧向星系',
      why: '这些星系又细又长，却是笔直的，中间最亮，两头渐暗。它们只是碰巧摆成了弧的样子。',
    },
    merger: {
      name: '碰撞中的星系',
      why: '两个星系互相拉扯。尾巴是从它们身上长出来、逐渐变淡的，而弧是独立存在的。',
    },
    star: {
      name: '亮星',
      why: '星芒和圆形的鬼影都是望远镜内部造成的，它们在一颗恒星处交叉，而这颗星就在银河系里，离我们近得多。',
    },
    trail: {
      name: '卫星轨迹',
      why: '一颗卫星飞过了画面。它的轨迹笔直，从一边贯穿到另一边，而且只有一种颜色。',
    },
    look_alike: {
      name: '容易混淆的天体',
      why: '这里确实有弯曲或细长的东西，但它属于自己的星系，并没有绕着中心弯。',
    },
    plain: {
      name: '普通的星系团',
      why: '一个漂亮的星系团，周围没有任何弯曲的像。大多数图像都是这样。',
    },
    no_lens: {
      name: '普通的天区',
      why: '只有星系，没有东西绕着中心弯曲。大多数图像都是这样。',
    },
  },
  next: '下一张',
  tryAgain: '重试',
  noProject: '本服务器目前没有正在进行的项目，请稍后再来。',
  quiz: {
    title: '入门测验',
    lead: (questions, mark) =>
      `${questions} 张已知答案的图像，每答一张立刻讲解。答对 ${mark} 张，就可以开始看真正的图像。`,
    calm: '不计时，想做几次都可以。',
    begin: '开始',
    passedBefore: (best, of) => `您已经通过了，答对 ${of} 张中的 ${best} 张。想再做一遍也可以。`,
    best: (best, of, attempts) => `已做过 ${attempts} 次，最好成绩是 ${of} 张中答对 ${best} 张。`,
    first: '先看看教程',
    number: (number, all) => `第 ${number} 题，共 ${all} 题`,
    again: '可以重做，不计时。',
    check: '看看对不对',
    choose: '请先从三个回答里选一个。',
    finish: '查看结果',
    right: (n) => `已答对 ${n} 题`,
    score: (score, all) => `${score} / ${all}`,
    in: '欢迎加入',
    inText: '谢谢！接下来您看到的图像还没有人下过结论。其中大多数没有透镜，但确认这一点同样有用。',
    start: '开始看图',
    signUp: '注册账号，开始看图',
    signUpText:
      '您通过了。计入结果的回答需要账号，因为我们会根据您在训练图像上的表现来权衡它们。这次的成绩会一并带过去。',
    haveOne: '我已有账号',
    notYet: '这次还没通过',
    notYetText: (mark) => `需要答对 ${mark} 张。这不是评判，眼力很快就会练出来。`,
    lookAgain: '可以再看看',
    examples: '看例子',
    retake: '再做一次',
    practise: '先练一练',
    none: '这个项目没有测验，可以直接开始看图。',
    expired: '这次测验开始得太久了，请重新开始。',
    answered: '这道题的回答之前已经收到，请继续下一题。',
  },
  practice: {
    title: '练习',
    lead: '想看多少张都可以，每一张都立刻讲解。不计分，也不保存任何记录。',
    seen: (n) => `${n} 张`,
    streak: (right, all) => `${all} 张中答对 ${right} 张`,
    offer: '您已经摸到门道了',
    offerText: '有了账号，您的回答就会计入结果：您会看到还没有人下过结论的图像，找到无人知晓的透镜。',
    quiz: '参加测验',
    signUp: '注册账号',
    later: '继续练习',
    empty: '还没有练习图像',
    emptyText: '需要重新设置项目，才能加入练习图像。教程不受影响。',
    tutorial: '去看教程',
    done: '练习图像都看过一遍了，现在从头开始。',
  },
};
