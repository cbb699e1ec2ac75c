import {
  type Embedder,
  EmbedderUnavailable,
  type Log,
  type ObjectStore,
} from "../../ports/index.ts";
import type { LexicalIndex } from "./lexical-index.ts";
import { decodePassages } from "./passage-records.ts";
import { passagesPath } from "./passage-store.ts";
import { VectorRows } from "./vectors.ts";

interface Deps {
  objects: ObjectStore;
  embedder: Embedder;
  log: Log;
}

/** Texts that are embedded in one call. */
const batchMax = 16;
/** Of a text; models read no further than some hundred tokens. */
const textLengthMax = 2_000;

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
): Promise<{ rows: VectorRows | undefined; complete: boolean }> {
  const known = old?.vectorsBy(deps.embedder.id);
  const places = old && known ? placesOf(old) : new Map<string, number>();
  const filling = new Filling(deps.embedder, index.header.passages, known?.dimensions);
  let first = 0;
  try {
    for (const source of index.header.sources) {
      const before = places.get(`${source.sourceId} ${source.version}`);
      const copied =
        known && before !== undefined && filling.copy(first, known, before, source.passages);
      if (!copied) await embedSource(deps, filling, passagesPath(botId, source), first);
      first += source.passages;
    }
    await filling.flush();
    return { rows: filling.rows, complete: filling.isComplete };
  } catch (cause) {
    if (!(cause instanceof EmbedderUnavailable)) throw cause;
    deps.log.warn("passages are left without vectors", { botId, cause });
    return { rows: filling.rows, complete: false };
  }
}

async function embedSource({ objects }: Deps, filling: Filling, path: string, first: number) {
  const bytes = await objects.get(path);
  if (!bytes) return;
  let at = first;
  for (const { passage } of decodePassages(bytes)) {
    await filling.add(at, passage.text.slice(0, textLengthMax).toWellFormed());
    at += 1;
  }
}

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
  readonly #embedder: Embedder;
  readonly #count: number;
  #waiting: { at: number; text: string }[] = [];

  constructor(embedder: Embedder, count: number, dimensions: number | undefined) {
    this.#embedder = embedder;
    this.#count = count;
    if (dimensions !== undefined) this.rows = VectorRows.of(count, dimensions);
  }

  get isComplete(): boolean {
    return this.rows !== undefined && this.rows.scales.every((scale) => scale > 0);
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

  async add(at: number, text: string): Promise<void> {
    this.#waiting.push({ at, text });
    if (this.#waiting.length >= batchMax) await this.flush();
  }

  async flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    const vectors = await this.#embedder.embed(
      batch.map(({ text }) => text),
      "passage",
    );
    const [sample] = vectors;
    if (!sample) return;
    // Another length than before: the model behind the name is another one.
    if (this.rows?.dimensions !== sample.length) {
      this.rows = VectorRows.of(this.#count, sample.length);
    }
    for (const [i, { at }] of batch.entries()) {
      const vector = vectors[i];
      if (vector) this.rows.set(at, vector);
    }
  }
}
