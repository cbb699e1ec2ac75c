import type { Embedder, ObjectStore } from "../../ports/index.ts";
import { bounded } from "./embed-batches.ts";
import type { Header, LexicalIndex, Source } from "./lexical-index.ts";
import { titleOf } from "./passage.ts";
import { decodePassages } from "./passage-records.ts";
import { passagesPath } from "./passage-store.ts";

/**
 * What questions about a bot's knowledge have in common: the mean of titles asked as questions. Models
 * put all that is asked about one subject near to each other, and a few passages near to all of it;
 * what tells one question from another is what is left without that. Measured on questions in a
 * user's own words, it finds 4 of 100 more.
 */
export type Typical = NonNullable<Header["typical"]>;

const titlesMax = 64;
/** Of sources; of more of them, these many evenly. */
const sourcesMax = 64;
/** Texts in one call: a question is waited for a few seconds only. */
const batchMax = 16;
/** Where the number of passages has changed by less, the mean is as it was. */
const sameWithin = 0.2;
/** How much of it is taken away, where there are passages enough to tell it by. */
const shareMax = 0.9;
/** With these many passages it is half of that. */
const passagesOfHalf = 20;

/** Of what is common, how much is taken away: from few passages it is told badly. */
export const shareOf = (passages: number): number =>
  (shareMax * passages) / (passages + passagesOfHalf);

/**
 * @returns that of the old index where it still holds, and what a new one has cost.
 * @throws EmbedderUnavailable
 */
export async function typicalOf(
  { objects, embedder }: { objects: ObjectStore; embedder: Embedder },
  { botId, embedderId }: { botId: string; embedderId: string },
  { header }: LexicalIndex,
  old: Header | undefined,
): Promise<{ typical: Typical | undefined; inputTokens: number }> {
  const { passages } = header;
  const known = old?.typical;
  const changed = Math.abs(passages - (known?.passages ?? 0));
  if (known?.embedderId === embedderId && changed <= sameWithin * passages) {
    return { typical: known, inputTokens: 0 };
  }
  const titles = await titlesOf(objects, botId, header.sources);
  let sum: Float32Array | undefined;
  let inputTokens = 0;
  for (let from = 0; from < titles.length; from += batchMax) {
    const asked = titles.slice(from, from + batchMax).map((title) => `${title}?`);
    const embedded = await embedder.embed(asked, "question");
    inputTokens += embedded.inputTokens;
    for (const vector of embedded.vectors) {
      sum ??= new Float32Array(vector.length);
      addUnit(sum, vector, 1 / titles.length);
    }
  }
  if (!sum) return { typical: undefined, inputTokens };
  const vector = Buffer.from(sum.buffer, sum.byteOffset, sum.byteLength).toString("base64");
  return { typical: { embedderId, passages, vector }, inputTokens };
}

async function titlesOf(
  objects: ObjectStore,
  botId: string,
  sources: readonly Source[],
): Promise<string[]> {
  const asked = evenly(sources, sourcesMax);
  const titles = new Set<string>();
  for (const source of asked) {
    const bytes = await objects.get(passagesPath(botId, source));
    if (!bytes) continue;
    const ofSource = new Set<string>();
    for (const { passage } of decodePassages(bytes)) {
      const title = bounded(titleOf(source.name, passage)).trim();
      if (title !== "") ofSource.add(title);
    }
    for (const title of evenly([...ofSource], Math.ceil(titlesMax / asked.length))) {
      titles.add(title);
    }
  }
  return evenly([...titles], titlesMax);
}

function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from(
    { length: count },
    (_, i) => items[Math.floor((i * items.length) / count)],
  ).filter((item) => item !== undefined);
}

/** The numbers of it; `undefined` where it is by another model, or of another length. */
export function readTypical(
  typical: Typical | undefined,
  embedderId: string,
  dimensions: number,
): Float32Array | undefined {
  if (typical?.embedderId !== embedderId) return undefined;
  const bytes = new Uint8Array(Buffer.from(typical.vector, "base64"));
  const vector = new Float32Array(bytes.buffer, 0, bytes.byteLength >> 2);
  return vector.length === dimensions ? vector : undefined;
}

/** A question's direction, and what is left of it without what is common. */
export function apartFrom(
  question: Float32Array,
  typical: Float32Array | undefined,
  share: number,
): Float32Array {
  if (!typical) return question;
  const apart = typical.map((value) => -share * value);
  addUnit(apart, question, 1);
  return apart;
}

function addUnit(sum: Float32Array, vector: Float32Array, weight: number): void {
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0) return;
  for (let i = 0; i < sum.length; i++) {
    sum[i] = (sum[i] ?? 0) + ((vector[i] ?? 0) / length) * weight;
  }
}
