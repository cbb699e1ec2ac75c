import {
  type Embedder,
  EmbedderUnavailable,
  type Log,
  type ObjectStore,
} from "../../ports/index.ts";
import { Batches, type OnEmbedded, vectorsId } from "./embed-batches.ts";
import type { LexicalIndex } from "./lexical-index.ts";
import { decodePassages } from "./passage-records.ts";
import { passagesPath } from "./passage-store.ts";
import { VectorRows } from "./vectors.ts";

interface Deps {
  objects: ObjectStore;
  embedder: Embedder;
  log: Log;
  onEmbedded?: OnEmbedded | undefined;
}

/**
 * Vectors of all passages of an index: those of the old one go on, only what is new is embedded. A
 * model that cannot be reached leaves the rest without; words find those, and the next sync tries
 * again.
 * @returns whether all are there; `rows` is `undefined` where there are none.
 */
export async function embedPassages(
  { objects, embedder, log, onEmbedded }: Deps,
  botId: string,
  index: LexicalIndex,
  old: LexicalIndex | undefined,
): Promise<{ rows: VectorRows | undefined; complete: boolean; inputTokens: number }> {
  const known = old?.vectorsBy(vectorsId(embedder));
  const places = old && known ? placesOf(old) : new Map<string, number>();
  const filling = new Filling(index.header.passages, known?.dimensions);
  const batches = new Batches<number>(embedder, (vectors) => filling.take(vectors));
  const made = () => ({ rows: filling.rows, inputTokens: batches.inputTokens });
  let first = 0;
  try {
    for (const source of index.header.sources) {
      const before = places.get(`${source.sourceId} ${source.version}`);
      const copied =
        known && before !== undefined && filling.copy(first, known, before, source.passages);
      const bytes = copied ? undefined : await objects.get(passagesPath(botId, source));
      let at = first;
      for (const { passage } of bytes ? decodePassages(bytes) : []) {
        await batches.add(at, source.name, passage);
        at += 1;
        onEmbedded?.(source.sourceId, at - first, source.passages);
      }
      first += source.passages;
    }
    await batches.flush();
    return { ...made(), complete: filling.isComplete };
  } catch (cause) {
    if (!(cause instanceof EmbedderUnavailable)) throw cause;
    log.warn("passages are left without vectors", { botId, cause });
    return { ...made(), complete: false };
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
  readonly #count: number;

  constructor(count: number, dimensions: number | undefined) {
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

  take(vectors: readonly [number, Float32Array][]): void {
    const length = vectors[0]?.[1].length;
    if (length === undefined) return;
    // Another length than before: the model behind the name is another one.
    if (this.rows?.dimensions !== length) this.rows = VectorRows.of(this.#count, length);
    for (const [at, vector] of vectors) this.rows.set(at, vector);
  }
}
