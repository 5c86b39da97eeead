// The words of the progress page, in Chinese.
import type { Words } from './en';

export const zh: Words = {
  title: '进展',
  lead: '这些数字直接来自服务器，随时更新。',
  live: '实时',
  paused: '已暂停',
  polling: '每隔几秒更新',
  offline: '连接中断；以下是最后一次收到的数字',
  pause: '暂停',
  resume: '继续',
  updated: (seconds) =>
    seconds < 2
      ? '刚刚更新'
      : seconds < 120
        ? `${seconds} 秒前更新`
        : `${Math.round(seconds / 60)} 分钟前更新`,
  roundNow: (round, step) => `第 ${round} 轮：${step}`,
  steps: {
    freeze: '正在固定目前的回答',
    aggregate: '正在汇总回答',
    train: '网络正在学习',
    evaluate: '正在检验新网络',
    gate: '正在比较新旧网络',
    promote: '更好的网络正在接替',
    score: '网络正在查看所有图像',
    select: '正在挑选下一批请人看的图像',
    collect: '大家正在看图',
    done: '已完成',
  },
  thisRound: '本轮',
  queue: (done, all) => `本轮 ${all} 张图像中已完成 ${done} 张`,
  outcomes: {
    title: '图像的结果',
    none: '还没有请人看过任何图像。',
    open: { name: '待定', text: '还需要更多回答。' },
    lens: { name: '一致认为有透镜', text: '回答已足够明确，这些图像成为候选。' },
    no_lens: { name: '一致认为没有透镜', text: '回答已足够明确，这些图像不再询问。' },
    contested: { name: '有争议', text: '回答很多，但意见不一，需要更仔细地查看。' },
    perSettled: (votes) => `平均每张图像经过 ${votes} 次回答后达成一致。`,
    retested: (n) => `有 ${n} 张已达成一致的图像被再次展示，用来衡量结论出错的比例。`,
    late: '与图像有关的数字会稍晚几次回答才更新，这样就无法从中看出别人对某一张图像的回答。',
  },
  search: {
    title: '透镜找全了多少？',
    signIn: '登录后可查看透镜找全了多少。',
    none: '现在还说不准。等随机抽出的图像看得够多了，这里就会告诉您：透镜已经找到多少，还剩多少。',
    both: (first, second) => `${first}${second}`,
    percent: (n) => `${n}%`,
    range: (low, high) => `（${low}\u00a0至\u00a0${high}\u00a0个）`,
    found: ({ n, text }) => (n === 0 ? '还没有找到透镜' : `已找到 ${text} 个透镜`),
    inSurvey: (found, { n, text }, range) =>
      `${found}；整个巡天中${n === 0 ? '可能一个也没有' : `大约有 ${text} 个`}${range}。`,
    inAll: ({ n, text }, range) =>
      n === 0 ? `整个巡天中可能没有透镜${range}。` : `整个巡天中大约有 ${text} 个透镜${range}。`,
    only: (found, isAll) => (isAll ? `${found}。总共有多少，现在还说不准。` : `${found}。`),
    share: (percent, ends, isSo) =>
      `${isSo ? '也就是说，' : ''}大约找到了 ${percent}%${ends ? `，真实比例很可能在 ${ends[0]}% 至 ${ends[1]}% 之间` : ''}。`,
    noShare: '已找到的占多少，现在还说不准。',
    rough: (low, high) =>
      `已找到的比例还很不确定：${low}% 到 ${high}% 都有可能。每多看一张随机抽出的图像，就会更清楚一些。`,
    left: ({ n, text }, range) =>
      n === 0 ? `可能已经没有漏掉的透镜了${range}。` : `大约还有 ${text} 个透镜没有找到${range}。`,
    answers: ({ text }, range, aim) => `大约再有 ${text} 个回答，就能找到 ${aim}%${range}。`,
    noAnswers: (aim) => `还要多少回答才能找到 ${aim}%，现在还说不准。`,
    reached: (aim, isSure) =>
      isSure ? `已经达到 ${aim}% 的目标。` : `可能已经达到 ${aim}% 的目标，但还不能确定。`,
    lot: ({ n, text }) =>
      n === 0
        ? '这样的数字要靠随机抽出的图像得出；目前还没有看过这样的图像。'
        : `这些数字来自随机抽出的 ${text} 张图像；抽取时不管网络怎么看。`,
    age: ({ text }, now) => `这是收到 ${text} 个回答时的情况${now ? `，现在已有 ${now} 个` : ''}。`,
    bar: (estimate, low, high, aim) =>
      `大约找到了 ${estimate} 的透镜；95% 置信区间为 ${low}% 至 ${high}${aim ? `；目标为 ${aim}` : ''}。`,
    aim: (percent) => `目标 ${percent}`,
    legend: '横条：估计已找到的比例。下方线段：95% 置信区间，真实比例很可能落在其中。',
  },
  liveOrder: {
    still: '图像的顺序会随回答调整；本轮中还没有变过。',
    followed: ({ text }, round, seconds, moved) =>
      `${round ? `第 ${round} 轮` : '本轮'}中，图像的顺序随回答调整了 ${text} 次${seconds ? `，通常约需 ${seconds} 秒` : ''}${moved}。`,
    moved: (added, returned) =>
      `；${added.n === 0 ? '没有图像加入' : `有 ${added.text} 张图像加入`}，${returned.n === 0 ? '没有图像回来' : `${returned.text} 张重新回来`}`,
  },
  rounds: '逐轮结果',
  roundsCaption: '每一轮用了什么，得到了什么',
  noRounds: '还没有完成任何一轮。有了结果就会显示在这里。',
  signInForRounds: '登录后可查看每一轮的结果。',
  columns: {
    round: '轮次',
    state: '状态',
    votes: '回答数',
    votes_total: '累计回答数',
    images_looked_at: '已看图像',
    lenses_found: '找到的透镜',
    lenses_in_pool: '隐藏的透镜',
    completeness: '完备度',
    candidates: '候选数',
    purity: '纯度',
    average_precision: '平均精度',
    auroc: 'ROC 曲线下面积',
    tpr_at_fpr_1e2: '误报率 1% 时的检出率',
    tpr_at_fpr_1e3: '误报率 0.1% 时的检出率',
    gate: '新网络已接替',
    promoted: '新网络已接替',
    audit: '随机抽查估计的透镜数',
    model: '网络',
  },
  intervals: '括号内为 95% 置信区间。',
  states: { pending: '等待中', running: '进行中', done: '已完成', failed: '失败' },
  yes: '是',
  no: '否',
  project: '项目',
  looked: (seen, all) => `${all} 张图像中，已有 ${seen} 张由人看过`,
  noProject: '本服务器目前没有正在进行的项目。',
  numbers: {
    images: '图像',
    imagesLookedAt: '已看图像',
    votes: '回答',
    volunteers: '参与者',
    candidates: '透镜候选',
    round: '轮次',
    queueOpen: '本轮待看图像',
    queueDone: '本轮已完成图像',
    model: '使用中的网络',
    noModel: '尚无',
  },
};
