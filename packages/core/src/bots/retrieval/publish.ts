import { createHash } from "node:crypto";
import type { Clock, ObjectStore, Table } from "../../ports/index.ts";
import { buildIndex, type NewSource } from "./index-builder.ts";
import { LexicalIndex, type Source } from "./lexical-index.ts";
import { textsOf } from "./passage.ts";
import { decodePassages } from "./passage-records.ts";
import { passagesPath } from "./passage-store.ts";
import { analysis } from "./passage-terms.ts";
import { clean, discard, indexPath, type Pointer, readPointer, replacePointer } from "./pointer.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
}

/** A source that the index has to hold, as it was last read. */
interface Wanted {
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
  for (;;) {
    const pointer = await clean(deps, botId);
    const sources = await wanted();
    const digest = digestOf(sources);
    if (
      pointer ? pointer.digest === digest && pointer.removed.length === 0 : sources.length === 0
    ) {
      return;
    }
    const replaced =
      sources.length === 0 && pointer
        ? await discard(deps, pointer)
        : await replace(deps, botId, pointer, sources, digest);
    // Once more, to remove the old one, and to see that a bot deleted meanwhile stays so.
    if (replaced) continue;
  }
}

async function replace(
  deps: Deps,
  botId: string,
  pointer: Pointer | undefined,
  sources: readonly Wanted[],
  digest: string,
): Promise<boolean> {
  const old = pointer && (await load(deps.objects, botId, pointer.indexId));
  const versions = versionsOf(sources);
  const usable = old?.header.analysis === analysis ? old : undefined;
  const known = new Set(
    usable?.header.sources.filter(isIn(versions)).map(({ sourceId }) => sourceId),
  );
  const bytes = await buildIndex({
    old: usable,
    kept: isIn(versions),
    added: read(
      deps.objects,
      botId,
      sources.filter(({ sourceId }) => !known.has(sourceId)),
    ),
  });
  const indexId = `${(pointer?.revision ?? 0) + 1}-${hashOf(bytes)}`;
  await deps.objects.put(indexPath(botId, indexId), bytes, "application/octet-stream");
  const done = await replacePointer(deps.table, pointer, {
    botId,
    indexId,
    previousId: pointer?.indexId ?? null,
    digest,
    removed: [],
    passages: new LexicalIndex(bytes).header.passages,
    bytes: bytes.byteLength,
    builtAt: deps.clock.now(),
  });
  if (!done && (await readPointer(deps.table, botId))?.indexId !== indexId) {
    await deps.objects.remove(indexPath(botId, indexId));
  }
  return done;
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
  indexId: string,
): Promise<LexicalIndex | undefined> {
  const bytes = await objects.get(indexPath(botId, indexId));
  return bytes && new LexicalIndex(bytes);
}

const versionsOf = (sources: readonly Wanted[]): ReadonlyMap<string, string> =>
  new Map(sources.map(({ sourceId, version }) => [sourceId, version]));

const isIn =
  (versions: ReadonlyMap<string, string>) =>
  ({ sourceId, version }: Pick<Source, "sourceId" | "version">): boolean =>
    versions.get(sourceId) === version;

function digestOf(sources: readonly Wanted[]): string {
  const names = sources.map(({ sourceId, version }) => `${sourceId} ${version}`).sort();
  return hashOf(Buffer.from([analysis, ...names].join("\n")));
}

const hashOf = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex").slice(0, 32);
