/** A sentence and the heading it stands under. */
export interface Sentence {
  text: string;
  heading: string;
}

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
/** After these a full stop ends no sentence. */
const abbreviation = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|no|Dr|Mr|Mrs|Ms|St)\.\s*$/;

/** Sentences of one paragraph, trimmed. */
function splitParagraph(paragraph: string): string[] {
  const sentences: string[] = [];
  let open = "";
  for (const { segment } of segmenter.segment(paragraph)) {
    open += segment;
    if (abbreviation.test(open)) continue;
    sentences.push(open.trim());
    open = "";
  }
  if (open.trim() !== "") sentences.push(open.trim());
  return sentences.filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

const heading = /^#{1,6}\s(.*)$/;
const fence = /^\s*(?:```|~~~)/;
/** Lines that begin something of their own rather than go on with the paragraph. */
const ownLine = /^\s*(?:[-*+]\s|\d+[.)]\s|\||>)/;

/** What a heading says, without the marks that may close it (CommonMark §4.2). */
function titleOf(line: string): string | undefined {
  const title = heading.exec(line)?.[1];
  if (title === undefined) return undefined;
  let end = title.length;
  while (title[end - 1] === "#") end--;
  return title.slice(0, end).trim();
}

/**
 * Sentences of plain text or Markdown. Lines wrapped in mid-sentence are joined; headings, list
 * items, table rows and lines of code stand alone.
 */
export function splitSentences(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  let under = "";
  let paragraph: string[] = [];
  let inCode = false;
  const flush = (): void => {
    for (const sentence of splitParagraph(paragraph.join(" "))) {
      sentences.push({ text: sentence, heading: under });
    }
    paragraph = [];
  };
  for (const line of text.split(/\r?\n|\r/)) {
    const title = inCode ? undefined : titleOf(line);
    if (fence.test(line)) {
      flush();
      inCode = !inCode;
    } else if (title !== undefined) {
      flush();
      under = title;
    } else if (inCode) {
      if (line.trim() !== "") sentences.push({ text: line.trim(), heading: under });
    } else {
      if (line.trim() === "" || ownLine.test(line)) flush();
      const content = line.replace(/^\s*(?:[-*+]|>)\s+/, "").trim();
      if (content !== "") paragraph.push(content);
    }
  }
  flush();
  return sentences;
}
