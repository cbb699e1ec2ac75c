import { createHash } from "node:crypto";
import {
  type Clock,
  type Embedder,
  EmbedderUnavailable,
  type Log,
  type ObjectStore,
  silentLog,
  type Table,
  type VectorStore,
  VectorStoreUnavailable,
} from "../../ports/index.ts";
import { charge } from "./charge.ts";
import { type OnEmbedded, vectorsId } from "./embed-batches.ts";
import { embedPassages } from "./embed-passages.ts";
import { buildIndex, type NewSource } from "./index-builder.ts";
import { withStored, withTypical, withVectors } from "./index-vectors.ts";
import { LexicalIndex, type Source } from "./lexical-index.ts";
import { textsOf } from "./passage.ts";
import { decodePassages } from "./passage-records.ts";
import { passagesPath } from "./passage-store.ts";
import { analysis } from "./passage-terms.ts";
import {
  type Announced,
  announce,
  clean,
  indexPath,
  type Pointer,
  point,
  removeIndex,
} from "./pointer.ts";
import { removeStale, storeVectors } from "./store-vectors.ts";
import { type Typical, typicalOf } from "./typical.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
  /** Passages are found by meaning too, where there is one. */
  embedder?: Embedder | undefined;
  /** Where vectors are to lie; in the index where absent. */
  vectors?: VectorStore | undefined;
  log?: Log;
  /** Told how far the embedding of each source is. */
  onEmbedded?: OnEmbedded | undefined;
}

/** A source that the index has to hold, as it was last read. */
export interface Wanted {
  sourceId: string;
  version: string;
  name: string;
}

/**
 * Brings a bot's index up to its sources. The one before it serves until the new one is whole: only
 * then is the bot pointed to it, unless somebody else did so meanwhile, or a source was removed; then
 * it begins again. A crash anywhere leaves what the next call mends.
 * @param wanted asked again at each beginning.
 */
export async function publish(
  deps: Deps,
  botId: string,
  wanted: () => Promise<Wanted[]>,
): Promise<void> {
  const tidy = () => clean(deps, botId, (...found) => removeReplaced(deps, ...found));
  for (;;) {
    const pointer = await tidy();
    const sources = await wanted();
    if (sources.length === 0) return removeIndex(deps, botId);
    const digest = digestOf(sources, deps);
    if (pointer?.digest === digest && pointer.removed.length === 0) return;
    const old = await load(deps.objects, botId, pointer?.indexId);
    const words = await build(deps.objects, botId, old, sources);
    const early = deps.vectors && (await announceVectors(deps, botId, pointer, words));
    if (deps.vectors && !early) continue;
    const { bytes, complete } = await addVectors(deps, botId, words, old);
    const { passages } = new LexicalIndex(bytes).header;
    // What is not complete is not what was wanted: the next sync goes on with it.
    const made = complete ? digest : `${digest} in part`;
    const announced = early ?? (await announce(deps, botId, pointer));
    const pointed =
      announced && (await point(deps, botId, announced, { bytes, digest: made, passages }));
    if (pointed && !complete) return void (await tidy());
    // Else once more: to remove the old one, or to begin again.
  }
}

/** What of the old index goes on goes on as it is. */
function build(
  objects: ObjectStore,
  botId: string,
  old: LexicalIndex | undefined,
  sources: readonly Wanted[],
): Promise<Uint8Array> {
  const versions = new Map(sources.map(({ sourceId, version }) => [sourceId, version]));
  const kept = ({ sourceId, version }: Source) => versions.get(sourceId) === version;
  const usable = old?.header.analysis === analysis ? old : undefined;
  const known = new Set(usable?.header.sources.filter(kept).map(({ sourceId }) => sourceId));
  const missing = sources.filter(({ sourceId }) => !known.has(sourceId));
  return buildIndex({ old: usable, kept, added: read(objects, botId, missing) });
}

/**
 * Before any vector is put into a store, the index of words says which ones may be: a source that is
 * removed after somebody died over them is in no later index.
 * @returns `undefined` where somebody has written the pointer meanwhile.
 */
async function announceVectors(
  deps: Deps,
  botId: string,
  pointer: Pointer | undefined,
  words: Uint8Array,
): Promise<Announced | undefined> {
  const announced = await announce(deps, botId, pointer);
  if (!announced || !deps.embedder) return announced;
  const missing = new LexicalIndex(words).header.sources.map((_, i) => i);
  const draft = withStored(words, { embedderId: vectorsId(deps.embedder), missing });
  await deps.objects.put(indexPath(botId, announced.indexId), draft, "application/octet-stream");
  return { ...announced, tellsVectors: true };
}

/**
 * Removes vectors of indexes that were replaced, or that somebody died over, while those still tell
 * which they are.
 * @returns whether they are gone.
 */
async function removeReplaced(
  { objects, vectors, log = silentLog }: Deps,
  { botId, indexId }: Pointer,
  gone: readonly string[],
): Promise<boolean> {
  if (!vectors) return true;
  const now = await load(objects, botId, indexId);
  // Of a bot without an index nobody knows which are wanted: its first one says so.
  if (!now) return false;
  try {
    for (const id of gone) {
      const before = await load(objects, botId, id);
      if (before) await removeStale({ vectors }, botId, before.header, now.header);
    }
    return true;
  } catch (cause) {
    if (!(cause instanceof VectorStoreUnavailable)) throw cause;
    log.warn("vectors are left behind until the next sync", { botId, cause });
    return false;
  }
}

async function addVectors(
  { table, clock, objects, embedder, vectors, log = silentLog, onEmbedded }: Deps,
  botId: string,
  words: Uint8Array,
  old: LexicalIndex | undefined,
): Promise<{ bytes: Uint8Array; complete: boolean }> {
  const index = new LexicalIndex(words);
  if (!embedder || index.header.passages === 0) return { bytes: words, complete: true };
  const { price } = embedder;
  // Also where the index is not the one that is kept.
  const pay = async (inputTokens: number) => {
    if (!price || inputTokens === 0) return;
    const { model, input, version } = price;
    const paid = {
      model,
      priceVersion: version,
      costMicroUsd: Math.ceil((inputTokens * input) / 1e6),
    };
    await charge({ table, clock }, { botId, purpose: "sync", inputTokens, ...paid });
  };
  const asked = await askTypical({ objects, embedder, log }, botId, index, old);
  const bytes = asked.complete ? withTypical(words, asked.typical) : words;
  if (vectors) {
    const deps = { objects, embedder, vectors, log, onEmbedded };
    const { stored, complete, inputTokens } = await storeVectors(deps, botId, index, old);
    await pay(inputTokens + asked.inputTokens);
    return { bytes: withStored(bytes, stored), complete: complete && asked.complete };
  }
  const made = await embedPassages({ objects, embedder, log, onEmbedded }, botId, index, old);
  const { rows, inputTokens } = made;
  await pay(inputTokens + asked.inputTokens);
  const complete = made.complete && asked.complete;
  return { bytes: rows ? withVectors(bytes, vectorsId(embedder), rows) : bytes, complete };
}

/** @returns not complete where the model was not to be had. */
async function askTypical(
  { objects, embedder, log }: { objects: ObjectStore; embedder: Embedder; log: Log },
  botId: string,
  index: LexicalIndex,
  old: LexicalIndex | undefined,
): Promise<{ typical?: Typical | undefined; complete: boolean; inputTokens: number }> {
  const about = { botId, embedderId: vectorsId(embedder) };
  try {
    return {
      ...(await typicalOf({ objects, embedder }, about, index, old?.header)),
      complete: true,
    };
  } catch (cause) {
    if (!(cause instanceof EmbedderUnavailable)) throw cause;
    log.warn("questions are compared as they are", { botId, cause });
    return { complete: false, inputTokens: 0 };
  }
}

/** Passages of sources that the index does not have yet. One whose object has gone is removed itself. */
async function* read(
  objects: ObjectStore,
  botId: string,
  sources: readonly Wanted[],
): AsyncGenerator<NewSource> {
  for (const source of sources) {
    const bytes = await objects.get(passagesPath(botId, source));
    if (!bytes) continue;
    yield { source, passages: indexed(source.name, bytes) };
  }
}

function* indexed(name: string, bytes: Uint8Array) {
  for (const { passage, from, length } of decodePassages(bytes)) {
    yield { texts: textsOf(name, passage), from, length };
  }
}

async function load(
  objects: ObjectStore,
  botId: string,
  indexId: string | null | undefined,
): Promise<LexicalIndex | undefined> {
  const bytes = indexId ? await objects.get(indexPath(botId, indexId)) : undefined;
  return bytes && new LexicalIndex(bytes);
}

function digestOf(sources: readonly Wanted[], { embedder, vectors }: Deps): string {
  const names = sources.map(({ sourceId, version }) => `${sourceId} ${version}`).sort();
  const meaning = embedder ? `${vectorsId(embedder)}${vectors ? " stored" : ""} apart` : "";
  return hashOf(Buffer.from([analysis, meaning, ...names].join("\n")));
}

const hashOf = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex").slice(0, 32);
