import {
  type Embedder,
  EmbedderUnavailable,
  type Log,
  type ObjectStore,
  type StoredVector,
  type VectorStore,
  VectorStoreUnavailable,
} from "../../ports/index.ts";
import { Batches, type OnEmbedded, vectorsId } from "./embed-batches.ts";
import type { Header, LexicalIndex, Source } from "./lexical-index.ts";
import { decodePassages } from "./passage-records.ts";
import { passagesPath } from "./passage-store.ts";

interface Deps {
  objects: ObjectStore;
  embedder: Embedder;
  vectors: VectorStore;
  log: Log;
  onEmbedded?: OnEmbedded | undefined;
}

/** Keys that are asked for, and vectors that are put, in one call. */
const askedMax = 100;
const putMax = 250;

type Version = Pick<Source, "sourceId" | "version">;

/** Versions never come again, and so a key means one text for ever. */
const keyOf = ({ sourceId, version }: Version, ordinal: number): string =>
  `${sourceId}/${version}/${ordinal}`;

interface Outcome {
  stored: NonNullable<Header["stored"]>;
  complete: boolean;
  inputTokens: number;
}

/**
 * Brings the vectors of all passages of an index into the store. What is there stays; only what is
 * missing is embedded, so whoever died over it is gone on from. A model or a store that cannot be
 * reached leaves the rest without; words find those, and the next sync tries again.
 */
export async function storeVectors(
  deps: Deps,
  botId: string,
  { header }: LexicalIndex,
  old: LexicalIndex | undefined,
): Promise<Outcome> {
  const embedderId = vectorsId(deps.embedder);
  const known = old?.header.stored?.embedderId === embedderId ? old.header : undefined;
  const whole = new Set(known ? wholeOf(known).map((source) => keyOf(source, 0)) : []);
  const missing = header.sources.flatMap((source, i) => (whole.has(keyOf(source, 0)) ? [] : [i]));
  const putting = new Putting(deps.vectors, { botId, embedderId });
  const batches = new Batches<string>(deps.embedder, (vectors) => putting.take(vectors));
  try {
    for (const i of missing) {
      const source = header.sources[i];
      if (source) await embedSource(deps, { botId, embedderId, source }, batches);
    }
    await batches.flush();
    await putting.flush();
    const { inputTokens } = batches;
    return { stored: { embedderId, missing: [] }, complete: true, inputTokens };
  } catch (cause) {
    if (!(cause instanceof EmbedderUnavailable) && !(cause instanceof VectorStoreUnavailable)) {
      throw cause;
    }
    deps.log.warn("passages are left without vectors", { botId, cause });
    await putting.flush().catch(() => deps.log.warn("vectors are lost", { botId }));
    const { inputTokens } = batches;
    return { stored: { embedderId, missing }, complete: false, inputTokens };
  }
}

/** The sources whose vectors are all there. */
function wholeOf({ sources, stored }: Header): Source[] {
  const missing = new Set(stored?.missing);
  return sources.filter((_, i) => !missing.has(i));
}

async function embedSource(
  { objects, vectors, onEmbedded }: Deps,
  { botId, embedderId, source }: { botId: string; embedderId: string; source: Source },
  batches: Batches<string>,
): Promise<void> {
  const bytes = await objects.get(passagesPath(botId, source));
  if (!bytes) return;
  const there = new Set<string>();
  for (let from = 0; from < source.passages; from += askedMax) {
    const count = Math.min(askedMax, source.passages - from);
    const keys = Array.from({ length: count }, (_, i) => keyOf(source, from + i));
    const known = await vectors.known({ botId, embedderId }, keys);
    // None of the first ones: nobody has begun with it.
    if (from === 0 && known.size === 0) break;
    for (const key of known) there.add(key);
  }
  let ordinal = 0;
  for (const { passage } of decodePassages(bytes)) {
    const key = keyOf(source, ordinal);
    if (!there.has(key)) await batches.add(key, source.name, passage);
    ordinal += 1;
    onEmbedded?.(source.sourceId, ordinal, source.passages);
  }
}

/** Many vectors in one call: each is billed as if it were 128 KB. */
class Putting {
  readonly #vectors: VectorStore;
  readonly #index: { botId: string; embedderId: string };
  #waiting: StoredVector[] = [];

  constructor(vectors: VectorStore, index: { botId: string; embedderId: string }) {
    this.#vectors = vectors;
    this.#index = index;
  }

  async take(made: readonly [string, Float32Array][]): Promise<void> {
    for (const [key, vector] of made) {
      const length = Math.hypot(...vector);
      if (Number.isFinite(length) && length > 0) this.#waiting.push({ key, vector });
    }
    if (this.#waiting.length >= putMax) await this.flush();
  }

  async flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length > 0) await this.#vectors.put(this.#index, batch);
  }
}

/**
 * Removes from the store what an index had that served before, and the one that serves has not.
 * @param before an index that was replaced; what it had and `now` has not is never wanted again.
 */
export async function removeStale(
  { vectors }: { vectors: VectorStore },
  botId: string,
  before: Header,
  now: Header,
): Promise<void> {
  const { stored } = before;
  if (!stored) return;
  const { embedderId } = stored;
  if (now.stored?.embedderId !== embedderId)
    return vectors.removeAll(botId, now.stored?.embedderId);
  const kept = new Set(now.sources.map((source) => keyOf(source, 0)));
  const stale = before.sources
    .filter((source) => !kept.has(keyOf(source, 0)))
    .flatMap((source) => Array.from({ length: source.passages }, (_, i) => keyOf(source, i)));
  if (stale.length > 0) await vectors.remove({ botId, embedderId }, stale);
}
