import type { Embedder, Passage } from "../../ports/index.ts";
import { titleOf } from "./passage.ts";

/** Passages that are embedded in one call, with their titles. */
const batchMax = 16;
/** Of a text; models read no further than some hundred tokens. */
const textLengthMax = 2_000;
/** Vectors of titles that are kept: many passages stand under the same one. */
const titlesMax = 2_000;
/**
 * How much of a passage's vector is its title's. Measured on questions in a user's own words: a title
 * that is put before the text is drowned by it, one that is added to its vector finds more.
 */
const titleWeight = 0.5;

/** What vectors depend on: the model, and how they are made of its answers. */
export const vectorsId = ({ id }: Embedder): string => `${id} titled`;

/** Told how many passages of a source have gone to the model, of all that it has. */
export type OnEmbedded = (sourceId: string, done: number, total: number) => void;

interface Waiting<At> {
  at: At;
  text: string;
  title: string;
}

/** Embeds passages batch by batch, and gives away what each batch came to. */
export class Batches<At> {
  /** What was paid for. */
  inputTokens = 0;
  readonly #embedder: Embedder;
  readonly #take: (vectors: [At, Float32Array][]) => void | Promise<void>;
  #waiting: Waiting<At>[] = [];
  readonly #titles = new Map<string, Float32Array>();

  constructor(embedder: Embedder, take: (vectors: [At, Float32Array][]) => void | Promise<void>) {
    this.#embedder = embedder;
    this.#take = take;
  }

  /** @param at whatever tells the passage from others. */
  async add(at: At, sourceName: string, passage: Passage): Promise<void> {
    const title = bounded(titleOf(sourceName, passage));
    this.#waiting.push({ at, text: bounded(passage.text), title });
    if (this.#waiting.length >= batchMax) await this.flush();
  }

  async flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    if (this.#titles.size > titlesMax) this.#titles.clear();
    const titles = [...new Set(batch.map(({ title }) => title))].filter(
      (title) => title.trim() !== "" && !this.#titles.has(title),
    );
    const texts = [...batch.map(({ text }) => text), ...titles];
    const { vectors, inputTokens } = await this.#embedder.embed(texts, "passage");
    this.inputTokens += inputTokens;
    for (const [i, title] of titles.entries()) {
      const vector = vectors[batch.length + i];
      if (vector) this.#titles.set(title, vector);
    }
    await this.#take(
      batch.flatMap(({ at, title }, i): [At, Float32Array][] => {
        const vector = vectors[i];
        return vector ? [[at, titled(vector, this.#titles.get(title))]] : [];
      }),
    );
  }
}

/** As much of a text as is embedded. */
export const bounded = (text: string): string => text.slice(0, textLengthMax).toWellFormed();

/** The direction between a text's and its title's. */
function titled(text: Float32Array, title: Float32Array | undefined): Float32Array {
  if (!title || title.length !== text.length) return text;
  const [ofText, ofTitle] = [Math.hypot(...text) || 1, Math.hypot(...title) || 1];
  return text.map((value, i) => value / ofText + (titleWeight * (title[i] ?? 0)) / ofTitle);
}
