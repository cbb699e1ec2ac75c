import { stopwords as arabic } from "@orama/stopwords/arabic";
import { stopwords as bulgarian } from "@orama/stopwords/bulgarian";
import { stopwords as danish } from "@orama/stopwords/danish";
import { stopwords as dutch } from "@orama/stopwords/dutch";
import { stopwords as english } from "@orama/stopwords/english";
import { stopwords as finnish } from "@orama/stopwords/finnish";
import { stopwords as french } from "@orama/stopwords/french";
import { stopwords as german } from "@orama/stopwords/german";
import { stopwords as greek } from "@orama/stopwords/greek";
import { stopwords as hungarian } from "@orama/stopwords/hungarian";
import { stopwords as hindi } from "@orama/stopwords/indian";
import { stopwords as indonesian } from "@orama/stopwords/indonesian";
import { stopwords as italian } from "@orama/stopwords/italian";
import { stopwords as norwegian } from "@orama/stopwords/norwegian";
import { stopwords as portuguese } from "@orama/stopwords/portuguese";
import { stopwords as romanian } from "@orama/stopwords/romanian";
import { stopwords as russian } from "@orama/stopwords/russian";
import { stopwords as spanish } from "@orama/stopwords/spanish";
import { stopwords as swedish } from "@orama/stopwords/swedish";
import { stopwords as turkish } from "@orama/stopwords/turkish";
import { stopwords as ukrainian } from "@orama/stopwords/ukrainian";
import type { Code } from "./language-codes.ts";

const lists: Record<Code, readonly string[]> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  it: italian,
  pt: portuguese,
  nl: dutch,
  sv: swedish,
  da: danish,
  no: norwegian,
  fi: finnish,
  hu: hungarian,
  ro: romanian,
  tr: turkish,
  id: indonesian,
  ru: russian,
  uk: ukrainian,
  bg: bulgarian,
  el: greek,
  ar: arabic,
  hi: hindi,
};

/** The common words of a language: they tell a text's language, and nothing of what it is about. */
export const stopWordsOf = (language: Code): readonly string[] => lists[language];

/** How people ask, which the lists leave out: they are made for documents. */
const asking: Partial<Record<Code, string>> = {
  en: "a get got getting go want wants need needs like please tell know explain show give make let lets us dont im ive cant way ways",
  de: "wie wo wieso warum wann wer wozu woran womit bitte gibt geht gehen lassen lässt möchte muss soll sollte darf brauche sag zeig erklär bekomme mache macht tun",
  fr: "comment quel quelle quels quelles pourquoi quand où combien faire faut peux peut dois veux voudrais s'il plaît est-ce",
  es: "cómo qué cuál cuáles cuándo dónde cuánto cuánta cuántos quién puedo puede hacer quiero necesito hay",
  it: "come quale quali quando dove quanto perché posso può fare voglio devo",
  pt: "como qual quais quando onde quanto quem posso pode fazer quero preciso",
  nl: "hoe wat waar wanneer wie waarom welke kan moet wil graag",
};
export const questionWords = (language: Code): string[] => asking[language]?.split(" ") ?? [];

/**
 * Words of a question in Chinese, Japanese and Korean that say nothing of what it is about, as
 * `Intl.Segmenter` cuts them.
 */
export const asianStopWords: ReadonlySet<string> = new Set(
  (
    "的 了 是 在 我 我的 你 您 他 她 它 们 我们 你们 他们 这 那 这个 那个 这些 那些 哪 哪个 哪些 哪里 哪儿 什么 怎么 怎样 怎么样 如何 为什么 为何 " +
    "吗 呢 吧 啊 呀 么 多少 几 谁 何时 什么时候 可以 能 能够 会 要 想 想要 需要 应该 应 该 得 请 请问 和 与 或 或者 以及 及 而 但 但是 如果 " +
    "就 都 也 还 又 再 很 更 最 把 被 让 给 对 从 到 向 往 由 于 为 以 用 有 没有 没 不 不是 一个 一 个 一下 一些 之 其 所 着 过 上 下 里 中 " +
    "は が を に へ で と も の や か から まで より ば て た だ です ます でした ました ません ない なかっ なく する し した して いる い いた ある あり " +
    "れ られ れる られる せ さ せる なる なり なっ この その あの どの これ それ あれ どれ ここ そこ どこ 何 なに なん だれ 誰 いつ いくら いくつ どう どうやっ どうすれ なぜ " +
    "どんな たい たく ください 下さい という よう ため こと もの とき ところ お ご ので のに けど けれど が それとも または できる でき できます ですか ますか でしょう ね よ 私 方法 場合 " +
    "에 에서 은 는 이 가 을 를 의 와 과 도 로 으로 하다 무엇 어떻게 언제 어디 왜 누가 얼마 어떤"
  ).split(" "),
);
