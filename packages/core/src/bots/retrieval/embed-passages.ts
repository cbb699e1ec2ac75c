import {
  type Embedder,
  EmbedderUnavailable,
  type Log,
  type ObjectStore,
} from "../../ports/index.ts";
import type { LexicalIndex, Source } from "./lexical-index.ts";
import { titleOf } from "./passage.ts";
import { decodePassages } from "./passage-records.ts";
import { passagesPath } from "./passage-store.ts";
import { VectorRows } from "./vectors.ts";

interface Deps {
  objects: ObjectStore;
  embedder: Embedder;
  log: Log;
}

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

/**
 * Vectors of all passages of an index: those of the old one go on, only what is new is embedded. A
 * model that cannot be reached leaves the rest without; words find those, and the next sync tries
 * again.
 * @returns whether all are there; `rows` is `undefined` where there are none.
 */
export async function embedPassages(
  deps: Deps,
  botId: string,
  index: LexicalIndex,
  old: LexicalIndex | undefined,
): Promise<{ rows: VectorRows | undefined; complete: boolean; inputTokens: number }> {
  const known = old?.vectorsBy(vectorsId(deps.embedder));
  const places = old && known ? placesOf(old) : new Map<string, number>();
  const filling = new Filling(deps.embedder, index.header.passages, known?.dimensions);
  let first = 0;
  try {
    for (const source of index.header.sources) {
      const before = places.get(`${source.sourceId} ${source.version}`);
      const copied =
        known && before !== undefined && filling.copy(first, known, before, source.passages);
      if (!copied) await embedSource(deps, filling, { botId, source, first });
      first += source.passages;
    }
    await filling.flush();
    return { ...filling.made(), complete: filling.isComplete };
  } catch (cause) {
    if (!(cause instanceof EmbedderUnavailable)) throw cause;
    deps.log.warn("passages are left without vectors", { botId, cause });
    return { ...filling.made(), complete: false };
  }
}

async function embedSource(
  { objects }: Deps,
  filling: Filling,
  { botId, source, first }: { botId: string; source: Source; first: number },
) {
  const bytes = await objects.get(passagesPath(botId, source));
  if (!bytes) return;
  let at = first;
  for (const { passage } of decodePassages(bytes)) {
    await filling.add({
      at,
      text: bounded(passage.text),
      title: bounded(titleOf(source.name, passage)),
    });
    at += 1;
  }
}

const bounded = (text: string): string => text.slice(0, textLengthMax).toWellFormed();

/** Where the passages of each source begin. */
function placesOf({ header }: LexicalIndex): Map<string, number> {
  const places = new Map<string, number>();
  let first = 0;
  for (const { sourceId, version, passages } of header.sources) {
    places.set(`${sourceId} ${version}`, first);
    first += passages;
  }
  return places;
}

/** Rows that are filled batch by batch; the first vector tells how long they are. */
class Filling {
  rows: VectorRows | undefined;
  /** What was paid for. */
  inputTokens = 0;
  readonly #embedder: Embedder;
  readonly #count: number;
  #waiting: Waiting[] = [];
  readonly #titles = new Map<string, Float32Array>();

  constructor(embedder: Embedder, count: number, dimensions: number | undefined) {
    this.#embedder = embedder;
    this.#count = count;
    if (dimensions !== undefined) this.rows = VectorRows.of(count, dimensions);
  }

  get isComplete(): boolean {
    return this.rows !== undefined && this.rows.scales.every((scale) => scale > 0);
  }

  made(): { rows: VectorRows | undefined; inputTokens: number } {
    return { rows: this.rows, inputTokens: this.inputTokens };
  }

  /** @returns whether all of them have been there. */
  copy(at: number, from: VectorRows, other: number, count: number): boolean {
    if (this.rows?.dimensions !== from.dimensions) return false;
    for (let i = 0; i < count; i++) {
      if (!from.has(other + i)) return false;
      this.rows.copy(at + i, from, other + i);
    }
    return true;
  }

  async add(passage: Waiting): Promise<void> {
    this.#waiting.push(passage);
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
    const [sample] = vectors;
    if (!sample) return;
    // Another length than before: the model behind the name is another one.
    if (this.rows?.dimensions !== sample.length) {
      this.rows = VectorRows.of(this.#count, sample.length);
    }
    for (const [i, { at, title }] of batch.entries()) {
      const vector = vectors[i];
      if (vector) this.rows.set(at, titled(vector, this.#titles.get(title)));
    }
  }
}

interface Waiting {
  at: number;
  text: string;
  title: string;
}

/** The direction between a text's and its title's. */
function titled(text: Float32Array, title: Float32Array | undefined): Float32Array {
  if (!title || title.length !== text.length) return text;
  const [ofText, ofTitle] = [Math.hypot(...text) || 1, Math.hypot(...title) || 1];
  return text.map((value, i) => value / ofText + (titleWeight * (title[i] ?? 0)) / ofTitle);
}
